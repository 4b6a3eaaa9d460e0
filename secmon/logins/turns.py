"""Learnt logins are numbered in the order in which they are stored, so that each is counted exactly once.

A login draws its number in the transaction that stores it, and the population is counted up to a number,
which moves on in the transaction that counts. What makes this exact is that nothing below that number is
still to come. SQLite has one writer at a time. On PostgreSQL transactions end in another order than they drew
their numbers in, so the count waits for those that drew one before
(docs/adr/0016-learnt-logins-are-numbered.md).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select, text

from secmon.database.work import Work
from secmon.logins.models import PopulationProgress, StoredLogin

SEQUENCE = "login_turns"
# How long the count waits for those who may still store a number below its own; then it is another time's.
PATIENCE_S = 1.0
LOOKS_EVERY_S = 0.005

_DRAWN = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {SEQUENCE}")  # noqa: S608
_NEWEST = text("SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)")
_ALL_ENDED = text("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= CAST(:newest AS xid8)")
_reached = select(PopulationProgress.turn).scalar_subquery()


def next_turn(dialect: str) -> ColumnElement[int]:
    """The number of a login that teaches. Drawn under its account's lock: see `_ripe`."""
    if dialect == "postgresql":
        return func.nextval(literal_column(f"'{SEQUENCE}'"))
    highest = select(func.max(StoredLogin.turn)).where(StoredLogin.turn.is_not(None)).scalar_subquery()
    # Above what is counted too: the latest login may have been erased.
    nothing: ColumnElement[int] = literal_column("0")
    return func.max(func.coalesce(highest, nothing), func.coalesce(_reached, nothing)) + literal_column("1")


def is_counted() -> ColumnElement[bool]:
    """Of a login: nothing more is counted of it, so that it may be deleted."""
    return or_(StoredLogin.turn.is_(None), StoredLogin.turn <= _reached)


def take(work: Work, at_most: int) -> Sequence[Any]:
    """(account_id, ip, user_agent, place) of the logins whose turn it is; they are counted with this work.

    No more than `at_most`, and those of their number. None while another worker is at it.
    """
    ripe = _ripe(work)
    progress = work.session.scalar(select(PopulationProgress).with_for_update(skip_locked=True))
    if ripe is None or progress is None:
        return ()
    due = StoredLogin.turn > progress.turn, StoredLogin.turn <= ripe
    in_order = select(StoredLogin.turn).where(*due).order_by(StoredLogin.turn)
    last = work.session.scalar(in_order.offset(at_most - 1).limit(1))
    up_to = ripe if last is None else last
    columns = StoredLogin.account_id, StoredLogin.ip, StoredLogin.user_agent, StoredLogin.place
    taken = work.session.execute(select(*columns).where(due[0], StoredLogin.turn <= up_to)).all()
    progress.turn = max(progress.turn, up_to)
    return taken


def hold(work: Work) -> None:
    """Nothing is counted until this work ends, and nothing was that it does not see."""
    work.session.execute(select(PopulationProgress.turn).with_for_update(read=True))


def _ripe(work: Work) -> int | None:
    """A number up to which nothing is still to come; None where that took too long to say.

    Whoever drew a number had locked an account before, so that its transaction had an id by then: all of them
    have ended once the oldest that runs is younger than all that there were.
    """
    session = work.session
    if work.dialect.name != "postgresql":
        return session.scalar(select(func.coalesce(func.max(StoredLogin.turn), 0)))
    # In this order: what is drawn after the look at the number is of no interest to it.
    drawn: int | None = session.scalar(_DRAWN)
    newest = session.scalar(_NEWEST)
    give_up = time.monotonic() + PATIENCE_S
    while not session.scalar(_ALL_ENDED, {"newest": newest}):
        if time.monotonic() > give_up:
            return None
        time.sleep(LOOKS_EVERY_S)
    return drawn
