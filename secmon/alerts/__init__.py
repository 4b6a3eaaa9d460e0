"""Was this you? One suspicious login that its owner is told of, and what the owner answers."""
