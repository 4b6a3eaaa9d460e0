"""Pages for owners, behind the signed links that they are sent."""
