"""A case's name for people: `SC-2611-4F7K`, year and month, and letters that nobody mishears or misreads."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import bindparam, literal_column, select

from secmon.cases.models import Case
from secmon.database.statements import Statement
from secmon.database.work import Work

# No 0 O, 1 I L, 2 Z, 5 S, 8 B, U V: they look alike on paper.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LETTERS = 4
# Whether a month's reference is taken.
TAKEN = Statement(
    select(Case.case_id).where(Case.reference == bindparam("reference")).limit(literal_column("1"))
)


def new_reference(now: datetime, letters: int = LETTERS) -> str:
    """A random reference of the month; `letters` more than four where that month is full."""
    return f"SC-{now:%y%m}-" + "".join(secrets.choice(ALPHABET) for _ in range(letters))


def free_reference(work: Work) -> str:
    """One that the month has not had.

    Two cases at one instant may still draw the same; the queue's search then shows both.
    """
    letters = LETTERS
    while True:
        drawn = new_reference(work.now, letters)
        (taken,) = work.read(TAKEN(reference=drawn))
        if not taken:
            return drawn
        letters += 1
