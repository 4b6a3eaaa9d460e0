"""`secmon`: the command line. Each domain brings its own group; this package puts them together."""

from secmon.cli.main import main

__all__ = ["main"]
