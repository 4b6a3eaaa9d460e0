"""`python -m secmon`."""

from secmon.cli import main

main()
