"""A theft is over: the second factor of before is nobody's, nor is an enrolment that was started."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from secmon.audit import listing
from secmon.audit import service as audit
from secmon.cases import approvals
from secmon.cases.approvals import ApprovalKind
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.twofactor import service
from secmon.twofactor.models import SecondFactor, TotpEnrolment
from secmon.wording.case_texts import Remark, Said

# What takes a factor away. Who had one when the theft began has one now, or one of these happened since.
TAKEN_AWAY = ("two_factor.removed", "two_factor.reset")


def had_factor(work: Work, account_id: str, since: datetime, enrolled_before: datetime | None) -> bool:
    """Whether the owner had a factor: one that is there now and was enrolled before then (None: whenever it
    was), or one that was taken away since the theft began.

    Whoever's that was: to ask an owner for a factor too many is safe.
    """
    row = work.session.get(SecondFactor, account_id)
    came = None if row is None or row.seed is None else row.enrolled_at
    if came is not None and (enrolled_before is None or came < enrolled_before):
        return True
    return listing.has_happened(work, account_id, TAKEN_AWAY, since)


def end_factor(work: Work, account_id: str, _since: datetime) -> None:
    """Whatever the thief may have seen, copied or enrolled proves nothing any more. The owner is told."""
    work.session.execute(delete(TotpEnrolment).where(TotpEnrolment.account_id == account_id))
    row = work.session.get(SecondFactor, account_id, with_for_update=True, populate_existing=True)
    if row is None or row.seed is None:
        return
    if row.factor_id is not None:
        why = Remark(Said.WENT_WITH_UNFREEZE)
        approvals.withdraw(work, account_id, ApprovalKind.FACTOR_RESET, row.factor_id, why)
    work.session.expunge(row)
    service.forget_factor(work, account_id)
    audit.record(work, account_id, "two_factor.reset")
    outbox.owe(work, account_id, Kind.TWO_FACTOR_REMOVED, {"by": "support"})
