"""What a thief gets: scripted thefts and honest owners, played over HTTP against the service."""
