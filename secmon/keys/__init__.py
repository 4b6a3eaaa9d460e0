"""The keys that secrets at rest lie under: adding one, moving everything under it, seeing what is left."""
