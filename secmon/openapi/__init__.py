"""What the routes declare, as an OpenAPI document, and the pages that explain it to people."""
