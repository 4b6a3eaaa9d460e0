"""The service as it ships: one web process a core, and `secmon worker` beside them."""

from secmon.serving.web import CannotListen, serve

__all__ = ["CannotListen", "serve"]
