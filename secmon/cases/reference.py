"""A case's name for people: `SC-2611-4F7K`, year and month, and letters that nobody mishears or misreads."""

from __future__ import annotations

import secrets
from datetime import datetime

# No 0 O, 1 I L, 2 Z, 5 S, 8 B, U V: they look alike on paper.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LETTERS = 4


def new_reference(now: datetime, letters: int = LETTERS) -> str:
    """A random reference of the month; `letters` more than four where that month is full."""
    return f"SC-{now:%y%m}-" + "".join(secrets.choice(ALPHABET) for _ in range(letters))
