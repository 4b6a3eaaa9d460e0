"""A worker's duty: whoever watches the queue hears of a case whose target has passed, once a target."""

from __future__ import annotations

from sqlalchemy import select, tuple_

from secmon.accounts import watching
from secmon.audit import service as audit
from secmon.cases.models import Case
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind

BATCH = 200


def tell(work: Work) -> int:
    """Tells of up to `BATCH` overdue cases, those overdue longest first; answers how many that were.

    Whoever changes a case holds its account's lock. Accounts that somebody else holds, another worker
    too, are left for the next time: nobody waits, whatever the order.
    """
    due = (Case.due_at.is_not(None), Case.due_at < work.now, ~Case.overdue_told)
    oldest = select(Case.account_id, Case.case_id).where(*due).order_by(Case.due_at).limit(BATCH)
    found = [(account_id, case_id) for account_id, case_id in work.session.execute(oldest)]
    free = watching.lock_free(work, {account_id for account_id, _ in found})
    mine = [key for key in found if key[0] in free]
    # Read again: before its account was locked, somebody may have been first.
    still = (
        select(Case).where(tuple_(Case.account_id, Case.case_id).in_(mine), *due).order_by(Case.account_id)
    )
    cases = work.session.scalars(still.with_for_update().execution_options(populate_existing=True)).all()
    for case in cases:
        case.overdue_told = True
        audit.record(work, case.account_id, "case.overdue", subject=case.reference)
        told = {"case_id": str(case.case_id), "reference": case.reference, "overdue": True}
        work.defer(outbox.owing(work, case.account_id, Kind.CASE_UPDATED, told))
    return len(cases)
