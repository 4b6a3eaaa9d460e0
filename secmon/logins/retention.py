"""Logins and failure marks are kept for a while only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import delete, select, tuple_

from secmon.database.retention import Expired, Purged, delete_selected, oldest, purged
from secmon.database.work import Work
from secmon.logins import statements
from secmon.logins.models import FailureMark, StoredLogin

# Tallies look ten minutes back, at an event's own time; a day leaves room for late ones.
MARKS_KEPT = timedelta(days=1)
BATCH = 5_000
EVENTS_AT_ONCE = 1_000


# Forgets what was made of these logins, by account and event.
Forget = Callable[[Work, Sequence[tuple[str, str]]], None]


def purge_events(work: Work, expired: Expired, forget: Forget) -> Purged:
    """Deletes the oldest events by when they came in, and has what others took from them forgotten.

    The profile has learnt what there was to learn, and stays. What the population has still to count waits.
    """
    chosen = oldest(StoredLogin, StoredLogin.received_at, expired, EVENTS_AT_ONCE).where(
        statements.is_counted()
    )
    gone = delete_selected(work, StoredLogin, chosen)
    forget(work, [(account_id, event_id) for account_id, event_id, _ in gone])
    return purged(gone)


def purge_failure_marks(work: Work) -> int:
    """Deletes up to `BATCH` marks that no tally looks at any more; answers how many."""
    oldest = int((work.now - MARKS_KEPT).timestamp()) // 60
    key = (FailureMark.account_id, FailureMark.minute, FailureMark.ip, FailureMark.device_id)
    old = select(*key).where(FailureMark.minute < oldest).limit(BATCH).with_for_update(skip_locked=True)
    gone = work.session.execute(
        delete(FailureMark).where(tuple_(*key).in_(old)).returning(FailureMark.minute),
        execution_options={"synchronize_session": False},
    )
    return len(gone.all())
