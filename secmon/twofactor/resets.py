"""The second factor is taken away by support, or with the unfreeze after a theft (R08, R17).

Support needs a case with a verified identity, and two people.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete

from secmon.accounts import service as accounts
from secmon.audit import listing
from secmon.audit import service as audit
from secmon.cases import approvals
from secmon.cases import service as cases
from secmon.cases.approvals import Approval, ApprovalKind
from secmon.core.errors import Conflict
from secmon.database.work import Work
from secmon.holds import service as holds
from secmon.holds.rules import Trigger
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.twofactor import guesses, service
from secmon.twofactor.models import TotpAuthenticator, TotpEnrolment
from secmon.wording.case_texts import Remark, Said

# What takes a factor away. Who had one when the theft began has one now, or one of these happened since.
TAKEN_AWAY = ("two_factor.removed", "two_factor.reset")


class NoFactor(Conflict):
    """There is no second factor, or no longer the one that the reset was asked for."""

    code = "no_factor"
    title = "There is no such second factor"
    advice = "Read how the account's second factor stands; without one, the owner may enrol at once."


def ask(work: Work, account_id: str, case_id: uuid.UUID, reason: str) -> Approval:
    """Asks for a reset of the factor that is enrolled now; another person decides.

    Works on a frozen account as well. After a theft it is not needed: the factor goes with the unfreeze.
    Raises `AccountUnknown`, `NoFactor`, `StaffRequired`, `IdentityUnverified`, `Invalid` for another case.
    """
    approvals.require_staff(work)
    accounts.lock(work, account_id)
    factor_id = _factor_id(work, account_id)
    case = cases.lock_of_account(work, account_id, case_id)
    return approvals.ask(work, case, ApprovalKind.FACTOR_RESET, reason, about=factor_id)


def approve(
    work: Work,
    account_id: str,
    request_id: uuid.UUID,
    seen: Collection[str] | None,
    note: str | None = None,
) -> Approval:
    """The factor is gone, and the owner is told; nobody else is asked about it any more.

    Raises what `approvals.approve` does, and `NoFactor`.
    """
    account = accounts.lock(work, account_id)
    request = approvals.approve(work, account_id, request_id, ApprovalKind.FACTOR_RESET, seen, note)
    factor_id = _factor_id(work, account_id)
    if factor_id != request.about:
        raise NoFactor
    why = Remark(Said.RESET_ALREADY)
    approvals.withdraw(work, account_id, ApprovalKind.FACTOR_RESET, factor_id, why)
    service.forget_factor(work, account_id)
    holds.begin(work, account, Trigger.FACTOR_RESET)
    case_id = str(request.case_id)
    audit.record(work, account_id, "two_factor.reset", subject=str(request_id), facts={"case_id": case_id})
    outbox.owe(work, account_id, Kind.TWO_FACTOR_REMOVED, {"by": "support", "case_id": case_id})
    return request


def refuse(work: Work, account_id: str, request_id: uuid.UUID, note: str) -> Approval:
    """The factor stays. Raises what `approvals.refuse` does."""
    accounts.lock(work, account_id)
    return approvals.refuse(work, account_id, request_id, ApprovalKind.FACTOR_RESET, note)


def asked(work: Work, account_id: str, request_id: uuid.UUID) -> Approval:
    """A request that was made, as it stands. Raises `AccountUnknown`, `RequestUnknown`."""
    accounts.lock(work, account_id)
    return approvals.get(work, account_id, request_id, ApprovalKind.FACTOR_RESET)


def had_factor(work: Work, account_id: str, since: datetime, enrolled_before: datetime | None) -> bool:
    """Whether the owner had a factor: one that is there now and was enrolled before then (None: whenever it
    was), or one that was taken away since the theft began.

    Whoever's that was: to ask an owner for a factor too many is safe.
    """
    app = work.session.get(TotpAuthenticator, account_id)
    if app is not None and (enrolled_before is None or app.enrolled_at < enrolled_before):
        return True
    return listing.has_happened(work, account_id, TAKEN_AWAY, since)


def end_factor(work: Work, account_id: str, _since: datetime) -> None:
    """Whatever the thief may have seen, copied or enrolled proves nothing any more. The owner is told."""
    work.session.execute(delete(TotpEnrolment).where(TotpEnrolment.account_id == account_id))
    app = _locked(work, account_id)
    if app is None:
        return
    why = Remark(Said.WENT_WITH_UNFREEZE)
    approvals.withdraw(work, account_id, ApprovalKind.FACTOR_RESET, app.enrolment_id, why)
    work.session.expunge(app)
    service.forget_factor(work, account_id)
    audit.record(work, account_id, "two_factor.reset")
    outbox.owe(work, account_id, Kind.TWO_FACTOR_REMOVED, {"by": "support"})


def _factor_id(work: Work, account_id: str) -> uuid.UUID:
    app = _locked(work, account_id)
    if app is None:
        raise NoFactor
    return app.enrolment_id


def _locked(work: Work, account_id: str) -> TotpAuthenticator | None:
    """The authenticator, read behind the lock of the account's count."""
    guesses.lock(work, account_id)
    return work.session.get(TotpAuthenticator, account_id, populate_existing=True)
