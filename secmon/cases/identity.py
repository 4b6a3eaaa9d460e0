"""Is the person on the phone the owner? A check that was passed is good for 24 hours, and for its own case
only; one that failed stands over all cases of the account."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from secmon.accounts import contacts
from secmon.accounts import service as accounts
from secmon.accounts.contacts import Contact
from secmon.audit import service as audit
from secmon.cases import staff
from secmon.cases.models import Case, IdentityCheck
from secmon.cases.staff import Doer, require_staff
from secmon.cases.states import SETTLED, Category
from secmon.core.errors import Conflict
from secmon.core.ids import new_id
from secmon.database.work import Work

GOOD_FOR = timedelta(hours=24)

# When a change of the account's phone or e-mail was reported last; credentials, which know, lie above.
LastChanged = Callable[[Work, str, Contact], datetime | None]


class CheckMethod(StrEnum):
    ID_DOCUMENT = "id_document"
    FACE_MATCH = "face_match"
    CALL_BACK = "call_back"
    REGISTERED_PHONE = "registered_phone"
    REGISTERED_EMAIL = "registered_email"


class CheckOutcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


class IdentityUnverified(Conflict):
    """This needs a case of this account, not resolved yet, whose latest identity check was passed in the last
    24 hours; where one failed on any case of the account, another person must have passed one since."""

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
    method: CheckMethod,
    outcome: CheckOutcome,
    evidence_ref: str | None,
    last_changed: LastChanged,
) -> IdentityCheck:
    """Records a check on a case that is locked, as its account is. `evidence_ref`: where the proof is kept.

    Raises `StaffRequired`, `SecondPersonRequired` where whoever failed a check, on whichever of the account's
    cases, would pass one now, and `ContactTooNew` where it was passed by a contact that identifies nobody.
    """
    require_staff(work)
    earlier = _of_account(work, case.account_id)
    if outcome is CheckOutcome.PASSED:
        staff.require_another(work, [checker(check) for check in _standing_failures(work, earlier)])
        _require_old_contact(work, case.account_id, method, last_changed)
    check = IdentityCheck(
        account_id=case.account_id,
        case_id=case.case_id,
        check_id=new_id(work.now),
        nth=len(_of_case(earlier, case.case_id)) + 1,
        method=method.value,
        outcome=outcome.value,
        evidence_ref=evidence_ref,
        checked_at=work.now,
        checked_by=work.actor.actor_id,
        checked_person=work.actor.person_id,
    )
    work.session.add(check)
    case.version += 1
    facts = {"method": method.value, "outcome": outcome.value}
    audit.record(work, case.account_id, "identity.checked", subject=case.reference, facts=facts)
    return check


def _require_old_contact(work: Work, account_id: str, method: CheckMethod, last_changed: LastChanged) -> None:
    match method:
        case CheckMethod.ID_DOCUMENT | CheckMethod.FACE_MATCH:
            return
        case CheckMethod.CALL_BACK | CheckMethod.REGISTERED_PHONE:
            contact = Contact.PHONE
        case CheckMethod.REGISTERED_EMAIL:
            contact = Contact.EMAIL
    account = accounts.get(work, account_id)
    since: datetime | None = getattr(account, f"{contact.value}_since")
    if method is CheckMethod.CALL_BACK:
        # Where none is on file it goes to a number from elsewhere; one that was there first is nobody else's.
        # That of an account which was erased and came back may have been brought by whoever took it over.
        is_first = since == account.created_at and not account.returned
        missing, since = False, None if is_first else since
    else:
        missing = getattr(account, contact.value) is None
    changes = (since, last_changed(work, account_id, contact))
    if missing or not all(contacts.identifies(change, work.now) for change in changes):
        raise ContactTooNew


def of_case(work: Work, case: Case) -> list[IdentityCheck]:
    """The case's identity checks, oldest first."""
    return _of_case(_of_account(work, case.account_id), case.case_id)


def is_identified(work: Work, account_id: str) -> bool:
    """Whether the account's latest identity check, on whichever of its cases, was passed and is still good,
    and none that failed is left to be made good; the caller holds the account's lock.

    Whether the case was closed since matters not.
    """
    checks = _of_account(work, account_id)
    if not checks or _standing_failures(work, checks):
        return False
    latest = max(checks, key=lambda check: (check.checked_at, check.nth))
    return _is_fresh(latest, None, work.now)


def require_case(work: Work, account_id: str, case_id: uuid.UUID | None) -> None:
    """As `require_identity`; no case at all will not do either."""
    if case_id is None:
        raise IdentityUnverified("Send the case_id of the case on which the identity was checked.")
    require_identity(work, account_id, case_id)


def require_identity(
    work: Work, account_id: str, case_id: uuid.UUID, category: Category | None = None
) -> None:
    """Raises `IdentityUnverified` unless this case of this account is being worked on, its check is good, and
    no check that failed stands over the account, whose lock the caller holds.

    `category` is the only one that will do, where not any does.
    """
    query = select(Case.status, Case.category, Case.last_resolved_at).where(
        Case.account_id == account_id, Case.case_id == case_id
    )
    case = work.session.execute(query).one_or_none()
    if case is None or case.status in SETTLED or category not in {None, case.category}:
        raise IdentityUnverified
    checks = _of_account(work, account_id)
    own = _of_case(checks, case_id)
    if not own or not _is_fresh(own[-1], case.last_resolved_at, work.now):
        raise IdentityUnverified
    if _standing_failures(work, checks):
        raise IdentityUnverified("A check failed on a case of this account; another person must pass one.")


def require_vouching(work: Work, account_id: str, case_id: uuid.UUID | None) -> None:
    """The wallet may say that its owner, who is logged in there, vouches; staff say so with a case.

    Raises `IdentityUnverified`.
    """
    if case_id is not None:
        require_identity(work, account_id, case_id)
    elif not work.actor.speaks_for_owner:
        raise IdentityUnverified("Send the case_id of the case on which the identity was checked.")


def checkers(work: Work, account_id: str, case_id: uuid.UUID) -> list[Doer]:
    """Who has lately looked whether the owner is the owner: what is decided on the case rests on them.

    Of those who looked on another case, that is who first made good what had failed.
    """
    checks = _of_account(work, account_id)
    rested_on = _of_case(checks, case_id)
    for _, made_good in _failures(work, checks):
        first = min((check.checked_at for check in made_good), default=None)
        rested_on += [check for check in made_good if check.checked_at == first]
    return [checker(check) for check in rested_on if check.checked_at + GOOD_FOR > work.now]


def checker(check: IdentityCheck) -> Doer:
    """Who made the check."""
    return check.checked_by, check.checked_person


def _is_fresh(check: IdentityCheck, resolved_at: datetime | None, now: datetime) -> bool:
    """Passed within the day, and nobody has called the matter resolved since."""
    if check.outcome != CheckOutcome.PASSED or check.checked_at + GOOD_FOR <= now:
        return False
    return resolved_at is None or check.checked_at > resolved_at


def _standing_failures(work: Work, checks: Sequence[IdentityCheck]) -> list[IdentityCheck]:
    """The failed ones of an account that nobody else has made good since, on whichever of its cases.

    A check that failed means that somebody is trying: who talks the same person round has passed nothing,
    and another case would only be another try.
    """
    return [failed for failed, made_good in _failures(work, checks) if not made_good]


def _failures(work: Work, checks: Sequence[IdentityCheck]) -> list[tuple[IdentityCheck, list[IdentityCheck]]]:
    """The failed ones of an account, each with what other persons have passed since."""
    if all(check.outcome == CheckOutcome.PASSED for check in checks):
        return []
    known = staff.known_as(work, [checker(check) for check in checks])
    passed = [one for one in zip(checks, known, strict=True) if one[0].outcome == CheckOutcome.PASSED]
    return [
        (failed, [one for one, others in passed if _is_later(one, failed) and names.isdisjoint(others)])
        for failed, names in zip(checks, known, strict=True)
        if failed.outcome != CheckOutcome.PASSED
    ]


def _is_later(check: IdentityCheck, failed: IdentityCheck) -> bool:
    """A case counts its own checks. Of two cases' at one instant neither is the later: in doubt it failed."""
    if check.case_id == failed.case_id:
        return check.nth > failed.nth
    return check.checked_at > failed.checked_at


def _of_account(work: Work, account_id: str) -> list[IdentityCheck]:
    """The checks on all of its cases; those of one case are in their order."""
    query = select(IdentityCheck).where(IdentityCheck.account_id == account_id)
    return list(work.session.scalars(query.order_by(IdentityCheck.nth)))


def _of_case(checks: Sequence[IdentityCheck], case_id: uuid.UUID) -> list[IdentityCheck]:
    return [check for check in checks if check.case_id == case_id]
