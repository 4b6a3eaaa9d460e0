"""Staff who want an account forgotten ask for it, and another person decides.

It hangs on no case: an open one is a legal hold.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from secmon.accounts import erasure, gate
from secmon.accounts import service as accounts
from secmon.accounts.erasure import Erasure, LegalHold
from secmon.accounts.service import Account
from secmon.audit import service as audit
from secmon.cases import staff
from secmon.cases.approvals import AlreadyDecided, ApprovalStatus, RequestUnknown
from secmon.cases.models import AskedErasure
from secmon.core.errors import Conflict
from secmon.core.ids import new_id
from secmon.core.pages import PageRequest
from secmon.database.pages import newest
from secmon.database.work import Work

# What nobody has decided by then was asked for another day's reasons.
LAPSES_AFTER = timedelta(days=7)


class AccountRestricted(Conflict):
    """Something restricts the account or is required of its owner. That protects the owner, and staff do not
    take it away with the account."""

    code = "account_restricted"
    title = "The account is restricted"
    advice = (
        "Read the account's standing; ask again once its restrictions have ended and nothing is required."
    )


def ask(work: Work, account_id: str, reason: str, chosen: Erasure) -> AskedErasure:
    """A pending request; the one that is pending already stands.

    Raises `StaffRequired`, `AccountUnknown`, `LegalHold`, `AccountRestricted`.
    """
    staff.require_staff(work)
    _require_free(work, accounts.lock(work, account_id), chosen)
    query = select(AskedErasure).where(
        AskedErasure.account_id == account_id, AskedErasure.status == ApprovalStatus.PENDING
    )
    for earlier in work.session.scalars(query):
        if not _has_lapsed(work, earlier):
            return earlier
    request = AskedErasure(
        account_id=account_id,
        request_id=new_id(work.now),
        status=ApprovalStatus.PENDING.value,
        reason=reason,
        requested_at=work.now,
        requested_by=work.actor.actor_id,
        requested_person=work.actor.person_id,
    )
    work.session.add(request)
    audit.record(work, account_id, "erasure.requested", subject=str(request.request_id), reason=reason)
    return request


def approve(work: Work, account_id: str, request_id: uuid.UUID, note: str | None, chosen: Erasure) -> None:
    """Erases the account, its requests too.

    Raises `AccountUnknown`, `StaffRequired`, `RequestUnknown`, `SecondPersonRequired`, `AlreadyDecided`,
    `LegalHold`, `AccountRestricted`.
    """
    account = accounts.lock(work, account_id)
    _undecided(work, account_id, request_id)
    _require_free(work, account, chosen)
    audit.record(work, account_id, "erasure.approved", subject=str(request_id), reason=note)
    erasure.erase(work, account_id, chosen)


def refuse(work: Work, account_id: str, request_id: uuid.UUID, note: str) -> AskedErasure:
    """The account stays. Raises what `approve` does, but for what holds the account."""
    accounts.lock(work, account_id)
    request = _undecided(work, account_id, request_id)
    request.status, request.note = ApprovalStatus.REFUSED.value, note
    request.decided_at, request.decided_by = work.now, work.actor.actor_id
    audit.record(work, account_id, "erasure.refused", subject=str(request_id), reason=note)
    return request


def listed(work: Work, account_id: str, wanted: PageRequest) -> tuple[list[AskedErasure], str | None]:
    """What was asked for of the account, newest first; raises `AccountUnknown`. The key is the id."""
    accounts.get(work, account_id)
    query = select(AskedErasure).where(AskedErasure.account_id == account_id)
    return newest(work, query, (AskedErasure.request_id,), wanted)


def get(work: Work, account_id: str, request_id: uuid.UUID) -> AskedErasure | None:
    """The request; None where it went with the account."""
    return work.session.get(AskedErasure, (account_id, request_id))


def _undecided(work: Work, account_id: str, request_id: uuid.UUID) -> AskedErasure:
    """The request, for another person than who asked."""
    staff.require_staff(work)
    request = get(work, account_id, request_id)
    if request is None:
        raise RequestUnknown
    staff.require_another(work, [(request.requested_by, request.requested_person)])
    if request.status != ApprovalStatus.PENDING:
        raise AlreadyDecided(f"It was {request.status}.")
    if _has_lapsed(work, request):
        raise AlreadyDecided(f"Nobody decided it within {LAPSES_AFTER.days} days; ask anew.")
    return request


def _has_lapsed(work: Work, request: AskedErasure) -> bool:
    return request.requested_at + LAPSES_AFTER <= work.now


def _require_free(work: Work, account: Account, chosen: Erasure) -> None:
    if chosen.is_held(work, account.account_id):
        raise LegalHold
    if gate.live(account.restrictions, work.now) or account.required_actions:
        raise AccountRestricted
