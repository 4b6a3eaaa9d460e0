"""How many letters of alerts an owner gets in an hour, and the one that sums up the others.

Whoever has the password can raise an alert with every device that they make up. Alerts and webhooks go on,
and the mailbox is spared: else the letter that matters drowns, and our mail ends up as spam. Letters of what
a stranger cannot repeat at will, a freeze before all, are never counted here.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from secmon.accounts import service as accounts
from secmon.accounts import watching
from secmon.alerts.models import LetterBound
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.outbox.spreading import Unspread

MOST_LETTERS = 6
WINDOW = timedelta(hours=1)
BATCH = 200


def admitted(work: Work, letters: Sequence[Unspread]) -> set[uuid.UUID]:
    """Those of the letters that are within their owners' bounds; the others are counted, to be summed up.

    The caller makes out deliveries, which one worker does at a time. An hour is any sixty minutes.
    """
    accounts_meant = {letter.account_id for letter in letters}
    query = select(LetterBound).where(LetterBound.account_id.in_(accounts_meant))
    # In one order, as `sum_up` has them: neither waits for the other in a circle.
    rows = work.session.scalars(query.order_by(LetterBound.account_id).with_for_update())
    bounds = {row.account_id: row for row in rows}
    taken = set[uuid.UUID]()
    for letter in sorted(letters, key=lambda each: (each.account_id, each.position)):
        bound = bounds.get(letter.account_id)
        if bound is None:
            bound = LetterBound(account_id=letter.account_id, letters_at=[], withheld=0)
            bounds[letter.account_id] = bound
            work.session.add(bound)
        if _admit(bound, work.now):
            taken.add(letter.message_id)
    return taken


def sum_up(work: Work) -> int:
    """Owes the summaries whose hour is over, and forgets counts that say nothing more; answers how many rows.

    Accounts that somebody else holds, another worker too, are left for the next time.
    """
    # Nothing is due that far ahead; a clock that said so was wrong.
    due = or_(LetterBound.due_at <= work.now, LetterBound.due_at > work.now + 2 * WINDOW)
    ids = select(LetterBound.account_id).where(due).order_by(LetterBound.due_at).limit(BATCH)
    found = set(work.session.scalars(ids))
    free = watching.lock_free(work, found)
    # Read again: before its account was locked, somebody may have been first.
    still = select(LetterBound).where(LetterBound.account_id.in_(free), due).order_by(LetterBound.account_id)
    rows = work.session.scalars(still.with_for_update().execution_options(populate_existing=True)).all()
    for bound in rows:
        _sum_up(work, bound)
    gone = LetterBound.account_id.in_(found), ~accounts.is_known(LetterBound.account_id)
    work.session.execute(delete(LetterBound).where(*gone))
    return len(rows)


def _admit(bound: LetterBound, now: datetime) -> bool:
    bound.letters_at = _lately(bound, now)
    if len(bound.letters_at) < MOST_LETTERS:
        bound.letters_at = [*bound.letters_at, now.isoformat()]
        if not bound.withheld:
            bound.due_at = now + WINDOW
        return True
    if not bound.withheld:
        bound.withheld_since = now
        bound.due_at = datetime.fromisoformat(bound.letters_at[0]) + WINDOW
    bound.withheld += 1
    return False


def _sum_up(work: Work, bound: LetterBound) -> None:
    if bound.withheld and bound.withheld_since is not None:
        told = {
            "withheld": bound.withheld,
            "since": bound.withheld_since.isoformat(),
            "until": work.now.isoformat(),
        }
        outbox.owe(work, bound.account_id, Kind.LOGIN_ALERTS_SUMMARY, told)
    bound.letters_at = _lately(bound, work.now)
    bound.withheld, bound.withheld_since = 0, None
    if not bound.letters_at:
        work.session.delete(bound)
        return
    bound.due_at = datetime.fromisoformat(bound.letters_at[-1]) + WINDOW


def _lately(bound: LetterBound, now: datetime) -> list[str]:
    """Of the hour before; not what a clock that was wrong dated ahead."""
    return [at for at in bound.letters_at if now - WINDOW < datetime.fromisoformat(at) <= now + WINDOW]
