"""Giving an account back: a verified identity, a second person, and a careful first day."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.accounts.service import Account
from secmon.audit import service as audit
from secmon.cases import approvals, links
from secmon.cases import service as cases
from secmon.cases.approvals import Approval, ApprovalKind, ApprovalStatus
from secmon.cases.staff import require_staff
from secmon.core.errors import Conflict, FieldError, Invalid
from secmon.database.work import Work
from secmon.freezes import recovery
from secmon.freezes.aftermath import Aftermath, begun
from secmon.freezes.models import Freeze, FreezeStatus
from secmon.freezes.reasons import required_after
from secmon.freezes.service import active
from secmon.holds import service as holds
from secmon.holds.rules import Trigger
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind


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


def ask(
    work: Work,
    account_id: str,
    aftermath: Aftermath,
    *,
    second_person: bool,
    case_id: uuid.UUID,
    reason: str,
    suspected_since: datetime | None = None,
) -> Asked:
    """Asks for the end of the active freeze, on its own case. Without `second_person` it ends at once.

    `suspected_since` is decided on with it; where nobody says, what will be taken is written down all the
    same. Raises `StaffRequired`, `NotFrozen`, `Invalid` for another case or a day after the freeze,
    `IdentityUnverified`.
    """
    require_staff(work)
    account = accounts.lock(work, account_id)
    freeze = _active(work, account_id)
    case = cases.lock_of_account(work, account_id, case_id)
    if case.case_id != freeze.case_id:
        raise Invalid(errors=(FieldError("/case_id", "Is not the case of the active freeze"),))
    since = begun(work, freeze, suspected_since, aftermath)
    request = approvals.ask(
        work,
        case,
        ApprovalKind.UNFREEZE,
        reason,
        about=freeze.freeze_id,
        suspected_since=since,
        corrected=suspected_since is not None,
    )
    if second_person:
        return Asked(request, unfrozen=False)
    approvals.settle(work, request, ApprovalStatus.APPROVED)
    _lift(work, account, freeze, since, aftermath)
    return Asked(request, unfrozen=True)


def approve(
    work: Work,
    account_id: str,
    aftermath: Aftermath,
    request_id: uuid.UUID,
    seen: Collection[str] | None,
    note: str | None = None,
) -> Approval:
    """Ends the freeze that was asked about. Raises what `approvals.approve` does, and `NotFrozen`."""
    account = accounts.lock(work, account_id)
    request = approvals.approve(work, account_id, request_id, ApprovalKind.UNFREEZE, seen, note)
    freeze = _active(work, account_id)
    if freeze.freeze_id != request.about:
        raise NotFrozen("The freeze that this was asked about is over; another one stands.")
    # A request of the release before says nothing of it.
    since = begun(work, freeze, request.suspected_since, aftermath)
    _lift(work, account, freeze, since, aftermath)
    return request


def refuse(work: Work, account_id: str, request_id: uuid.UUID, note: str) -> Approval:
    """The freeze stands. Raises what `approvals.refuse` does."""
    accounts.lock(work, account_id)
    return approvals.refuse(work, account_id, request_id, ApprovalKind.UNFREEZE, note)


def _active(work: Work, account_id: str) -> Freeze:
    freeze = active(work, account_id)
    if freeze is None:
        raise NotFrozen
    return freeze


def _lift(work: Work, account: Account, freeze: Freeze, since: datetime | None, aftermath: Aftermath) -> None:
    """`since` is when a theft began; None where there was none."""
    freeze.status, freeze.suspected_since = FreezeStatus.LIFTED.value, since
    freeze.lifted_at, freeze.lifted_by = work.now, work.actor.actor_id
    cases.release_freeze(work, account.account_id, freeze.case_id)
    accounts.set_standing(account, Standing.ACTIVE)
    factor_lost = _end_all(work, freeze, since, aftermath)
    required = required_after(factor_lost=factor_lost)
    for action in required:
        accounts.require_action(work, account, action)
    # Whoever talked their way in gains nothing overnight.
    held = holds.begin(work, account, Trigger.UNFROZEN)
    facts = {"case_id": str(freeze.case_id), "required": [action.value for action in required]}
    recorded = {**facts, "suspected_since": None if since is None else since.isoformat()}
    audit.record(work, account.account_id, "account.unfrozen", subject=str(freeze.freeze_id), facts=recorded)
    until = max((hold.until for hold in held), default=work.now)
    told = {"freeze_id": str(freeze.freeze_id), "restricted_until": until.isoformat()}
    outbox.owe(work, account.account_id, Kind.ACCOUNT_UNFROZEN, {**facts, **told})


def _end_all(work: Work, freeze: Freeze, since: datetime | None, aftermath: Aftermath) -> bool:
    """What the thief had dies; whether the owner's second factor is lost by it.

    A device that the reports named is nobody's any more, whatever the reason was.
    """
    factor_lost = since is not None and _end_theft(work, freeze, since, aftermath)
    case = cases.lock_of_account(work, freeze.account_id, freeze.case_id)
    for device_key in links.read(case.links)["device_ids"]:
        aftermath.disown(work, freeze.account_id, device_key)
    return factor_lost


def _end_theft(work: Work, freeze: Freeze, since: datetime, aftermath: Aftermath) -> bool:
    # A factor that came after the day which somebody named is the thief's. The default is a guess.
    guessed = since == begun(work, freeze, None, aftermath)
    enrolled_before = None if guessed else since
    factor_lost = aftermath.had_factor(work, freeze.account_id, since, enrolled_before)
    for end in aftermath.endings:
        end(work, freeze.account_id, since)
    recovery.begin(work, freeze, since)
    return factor_lost
