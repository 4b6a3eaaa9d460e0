"""Giving an account back: a verified identity, a second person, and a careful first day."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from secmon.accounts import service as accounts
from secmon.accounts.gate import MOVES_MONEY, Standing
from secmon.accounts.service import Account
from secmon.audit import service as audit
from secmon.cases import approvals
from secmon.cases import service as cases
from secmon.cases.approvals import Approval, ApprovalKind, ApprovalStatus
from secmon.cases.people import require_staff
from secmon.core.errors import Conflict, FieldError, Invalid
from secmon.core.work import Work
from secmon.freezes.models import Freeze, FreezeStatus
from secmon.freezes.reasons import Reason, required_after
from secmon.freezes.service import active
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind

# A day without money moving: whoever talked their way in gains nothing overnight.
CAREFUL_FOR = timedelta(hours=24)


class NotFrozen(Conflict):
    """There is no active freeze that this could end."""

    code = "not_frozen"
    title = "The account is not frozen"
    advice = "Read the account's standing and its freezes."


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to unfreeze; `unfrozen` where nobody else has to decide it."""

    request: Approval
    unfrozen: bool


def ask(work: Work, account_id: str, case_id: uuid.UUID, reason: str, *, second_person: bool) -> Asked:
    """Asks for the end of the active freeze, on its own case. Without `second_person` it ends at once.

    Raises `StaffRequired`, `NotFrozen`, `Invalid` for another case, `IdentityUnverified`.
    """
    require_staff(work)
    account = accounts.lock(work, account_id)
    freeze = _active(work, account_id)
    case = cases.lock_of_account(work, account_id, case_id)
    if case.case_id != freeze.case_id:
        raise Invalid(errors=(FieldError("/case_id", "Is not the case of the active freeze"),))
    request = approvals.ask(work, case, ApprovalKind.UNFREEZE, reason, about=freeze.freeze_id)
    if second_person:
        return Asked(request, unfrozen=False)
    approvals.settle(work, request, ApprovalStatus.APPROVED)
    _lift(work, account, freeze)
    return Asked(request, unfrozen=True)


def approve(work: Work, account_id: str, request_id: uuid.UUID, note: str | None = None) -> Approval:
    """Ends the freeze that was asked about. Raises what `approvals.decide` does, and `NotFrozen`."""
    account = accounts.lock(work, account_id)
    request = approvals.decide(
        work, account_id, request_id, ApprovalKind.UNFREEZE, ApprovalStatus.APPROVED, note
    )
    freeze = _active(work, account_id)
    if freeze.freeze_id != request.about:
        raise NotFrozen("The freeze that this was asked about is over; another one stands.")
    _lift(work, account, freeze)
    return request


def refuse(work: Work, account_id: str, request_id: uuid.UUID, note: str) -> Approval:
    """The freeze stands. Raises what `approvals.decide` does."""
    accounts.lock(work, account_id)
    return approvals.decide(work, account_id, request_id, ApprovalKind.UNFREEZE, ApprovalStatus.REFUSED, note)


def _active(work: Work, account_id: str) -> Freeze:
    freeze = active(work, account_id)
    if freeze is None:
        raise NotFrozen
    return freeze


def _lift(work: Work, account: Account, freeze: Freeze) -> None:
    freeze.status = FreezeStatus.LIFTED.value
    freeze.lifted_at, freeze.lifted_by = work.now, work.actor.actor_id
    cases.release_freeze(work, account.account_id, freeze.case_id)
    accounts.set_standing(account, Standing.ACTIVE)
    required = required_after([Reason(reason) for reason in freeze.reasons])
    for action in required:
        accounts.require_action(work, account, action)
    until = work.now + CAREFUL_FOR
    accounts.restrict(work, account, MOVES_MONEY, until, "unfrozen")
    facts = {"case_id": str(freeze.case_id), "required": [action.value for action in required]}
    audit.record(work, account.account_id, "account.unfrozen", subject=str(freeze.freeze_id), facts=facts)
    told = {"freeze_id": str(freeze.freeze_id), "restricted_until": until.isoformat()}
    outbox.owe(work, account.account_id, Kind.ACCOUNT_UNFROZEN, {**facts, **told})
