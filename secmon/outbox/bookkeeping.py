"""How the outbox commits its own notes: quickly, for what a crash forgets is only sent once more."""

from __future__ import annotations

from sqlalchemy import text

from secmon.database.work import Work


def is_postgresql(work: Work) -> bool:
    return work.dialect.name == "postgresql"


def commit_without_waiting(work: Work) -> None:
    """This transaction is not waited for to reach the disk. Never for a message that is owed."""
    if is_postgresql(work):
        work.session.execute(text("SET LOCAL synchronous_commit = off"))
