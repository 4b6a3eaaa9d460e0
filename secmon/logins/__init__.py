"""Login events: what came in, how it was judged, what is kept of it."""
