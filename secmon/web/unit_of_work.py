"""The one place where a request's transaction begins and ends."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from flask import g

from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.web.parts import Part

DATABASE: Part[Database] = Part("database")


def unit_of_work(*, write: bool = True) -> AbstractContextManager[Work]:
    """One transaction of the caller's: raising undoes it, returning keeps it.

    Under an `Idempotency-Key` the request's transaction is open already, and this joins it, so that
    the effect and the stored answer are one.
    """
    joined: Work | None = g.get("work")
    if joined is not None:
        return nullcontext(joined)
    return DATABASE.chosen().work(g.caller.actor, g.caller.check, write=write)


def snapshot() -> AbstractContextManager[Work]:
    """One consistent look of the caller's, for what is read in many statements and changes nothing."""
    return DATABASE.chosen().snapshot(g.caller.actor, g.caller.check)
