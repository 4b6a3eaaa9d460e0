"""The service as it ships: one web process a core, and `secmon worker` beside them."""
