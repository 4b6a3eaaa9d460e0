"""`python -m lab`."""

from __future__ import annotations

from lab.commands import lab

if __name__ == "__main__":
    lab(prog_name="python -m lab")
