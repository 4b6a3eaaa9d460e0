"""`secmon`: the command line. Each domain brings its own group; this package puts them together."""

import gc

# What is imported stays: looking through it for garbage again and again is a fifth of the start of a command.
gc.disable()
from secmon.cli.main import main  # noqa: E402

gc.freeze()
gc.enable()

__all__ = ["main"]
