"""Is the person on the phone the owner? A check is good for 24 hours, and for its own case only."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, true

from secmon.accounts import contacts
from secmon.accounts import service as accounts
from secmon.accounts.contacts import Contact
from secmon.audit import service as audit
from secmon.cases.models import Case, IdentityCheck
from secmon.cases.people import require_staff
from secmon.cases.states import Category, Status
from secmon.core.errors import Conflict
from secmon.core.ids import new_id
from secmon.core.work import Work

GOOD_FOR = timedelta(hours=24)

# When a change of the account's phone or e-mail was reported last; credentials, which know, lie above.
LastChanged = Callable[[Work, str, Contact], datetime | None]


class Method(StrEnum):
    ID_DOCUMENT = "id_document"
    FACE_MATCH = "face_match"
    CALL_BACK = "call_back"
    REGISTERED_PHONE = "registered_phone"
    REGISTERED_EMAIL = "registered_email"


class CheckOutcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


class IdentityUnverified(Conflict):
    """This needs a case of this account whose latest identity check was passed in the last 24 hours."""

    code = "identity_unverified"
    title = "The owner's identity is not verified on this case"
    advice = (
        "Check the owner's identity, record it with POST …/identity-checks on this very case, and ask again."
    )


class ContactTooNew(Conflict):
    """A phone or e-mail tells who somebody is once it has been on file, unchanged, for 72 hours.

    A thief who binds one of their own would be vouched for by it. A call back goes to the registered phone
    where there is one, so it is refused just so, unless the account began with that number; and where
    the number was removed just now.
    """

    code = "contact_too_new"
    title = "The account has no such contact that is old enough to tell who somebody is"
    advice = "Check the owner's identity by another method: an ID document, or a face match."


def add(
    work: Work,
    case: Case,
    method: Method,
    outcome: CheckOutcome,
    evidence_ref: str | None,
    last_changed: LastChanged,
) -> IdentityCheck:
    """Records a check on a locked case. `evidence_ref` says where the proof is kept.

    Raises `StaffRequired`, and `ContactTooNew` where it was passed by a contact that identifies nobody.
    """
    require_staff(work)
    if outcome is CheckOutcome.PASSED:
        _require_old_contact(work, case.account_id, method, last_changed)
    check = IdentityCheck(
        account_id=case.account_id,
        case_id=case.case_id,
        check_id=new_id(work.now),
        nth=len(of_case(work, case)) + 1,
        method=method.value,
        outcome=outcome.value,
        evidence_ref=evidence_ref,
        checked_at=work.now,
        checked_by=work.actor.actor_id,
    )
    work.session.add(check)
    case.version += 1
    facts = {"method": method.value, "outcome": outcome.value}
    audit.record(work, case.account_id, "identity.checked", subject=case.reference, facts=facts)
    return check


def _require_old_contact(work: Work, account_id: str, method: Method, last_changed: LastChanged) -> None:
    match method:
        case Method.ID_DOCUMENT | Method.FACE_MATCH:
            return
        case Method.CALL_BACK | Method.REGISTERED_PHONE:
            contact = Contact.PHONE
        case Method.REGISTERED_EMAIL:
            contact = Contact.EMAIL
    account = accounts.get(work, account_id)
    since: datetime | None = getattr(account, f"{contact.value}_since")
    if method is Method.CALL_BACK:
        # Where none is on file it goes to a number from elsewhere; one that was there first is nobody else's.
        missing, since = False, None if since == account.created_at else since
    else:
        missing = getattr(account, contact.value) is None
    changes = (since, last_changed(work, account_id, contact))
    if missing or not all(contacts.identifies(change, work.now) for change in changes):
        raise ContactTooNew


def of_case(work: Work, case: Case) -> list[IdentityCheck]:
    """The case's identity checks, oldest first."""
    query = select(IdentityCheck).where(
        IdentityCheck.account_id == case.account_id, IdentityCheck.case_id == case.case_id
    )
    return list(work.session.scalars(query.order_by(IdentityCheck.nth)))


def is_identified(work: Work, account_id: str) -> bool:
    """Whether the account's latest identity check, on whichever of its cases, was passed and is still good.

    One that failed since means that somebody is trying. Whether the case was closed since matters not.
    """
    query = (
        select(IdentityCheck)
        .where(IdentityCheck.account_id == account_id)
        .order_by(IdentityCheck.checked_at.desc(), IdentityCheck.nth.desc())
        .limit(1)
    )
    return _is_good(work.session.scalar(query), work.now)


def require_case(work: Work, account_id: str, case_id: uuid.UUID | None) -> None:
    """As `require_identity`; no case at all will not do either."""
    if case_id is None:
        raise IdentityUnverified("Send the case_id of the case on which the identity was checked.")
    require_identity(work, account_id, case_id)


def require_identity(
    work: Work, account_id: str, case_id: uuid.UUID, category: Category | None = None
) -> None:
    """Raises `IdentityUnverified` unless this case of this account is open and its latest check is good.

    `category` is the only one that will do, where not any does.

    A check that failed after one that passed means that somebody is trying: the earlier one is void.
    """
    right = true() if category is None else Case.category == category
    query = (
        select(IdentityCheck)
        .join(Case, (Case.account_id == IdentityCheck.account_id) & (Case.case_id == IdentityCheck.case_id))
        .where(IdentityCheck.account_id == account_id, IdentityCheck.case_id == case_id)
        .where(Case.status != Status.CLOSED, right)
        .order_by(IdentityCheck.nth.desc())
        .limit(1)
    )
    if not _is_good(work.session.scalar(query), work.now):
        raise IdentityUnverified


def _is_good(latest: IdentityCheck | None, now: datetime) -> bool:
    if latest is None or latest.outcome != CheckOutcome.PASSED:
        return False
    return now < latest.checked_at + GOOD_FOR
