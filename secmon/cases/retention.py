"""How long closed cases are kept, with all that belongs to one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import delete, tuple_

from secmon.cases.models import Approval, Case, IdentityCheck, Note
from secmon.database.retention import Expired, Purged, oldest, purged
from secmon.database.work import Work

BATCH = 500

CaseKeys = Sequence[tuple[str, uuid.UUID]]


def purge(work: Work, expired: Expired, along: Callable[[Work, CaseKeys], None]) -> Purged:
    """Deletes the cases that were closed first; `along` deletes what hangs on them above this room.

    One that is not closed has no time to go by. A case goes whole, or not at all.
    """
    rows = list(work.session.execute(oldest(Case, Case.closed_at, expired, BATCH)))
    keys = [(account_id, case_id) for account_id, case_id, _ in rows]
    if keys:
        along(work, keys)
        for table in (Approval, IdentityCheck, Note, Case):
            of_them = tuple_(table.account_id, table.case_id).in_(keys)
            work.session.execute(delete(table).where(of_them))
    return purged(rows)
