"""A worker's duty: whoever watches the queue hears of a case whose target has passed, once a target."""

from __future__ import annotations

from sqlalchemy import select

from secmon.audit import service as audit
from secmon.cases import service as cases
from secmon.cases.listing import is_overdue
from secmon.cases.models import Case
from secmon.core.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind


def tell(work: Work) -> bool:
    """Tells of one overdue case; False where there is none. One a transaction, under its account's lock."""
    query = select(Case.case_id).where(Case.due_at < work.now, Case.overdue_told.is_(False))
    found = work.session.scalar(query.order_by(Case.due_at).limit(1))
    if found is None:
        return False
    case = cases.lock(work, found)
    # Another worker, or an agent, may have been first.
    if is_overdue(case, work) and not case.overdue_told:
        case.overdue_told = True
        audit.record(work, case.account_id, "case.overdue", subject=case.reference)
        told = {"case_id": str(case.case_id), "reference": case.reference, "overdue": True}
        work.defer(outbox.owing(work, case.account_id, Kind.CASE_UPDATED, told))
    return True
