"""What is kept of logins for a while only."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, tuple_

from secmon.core.work import Work
from secmon.logins.models import FailureMark

# Tallies look ten minutes back, at an event's own time; a day leaves room for late ones.
MARKS_KEPT = timedelta(days=1)
BATCH = 5_000


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
