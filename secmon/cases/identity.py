"""Is the person on the phone the owner? A check is good for 24 hours, and for its own case only."""

from __future__ import annotations

import uuid
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select, true

from secmon.audit import service as audit
from secmon.cases.models import Case, IdentityCheck
from secmon.cases.people import require_staff
from secmon.cases.states import Category, Status
from secmon.core.errors import Conflict
from secmon.core.ids import new_id
from secmon.core.work import Work

GOOD_FOR = timedelta(hours=24)


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


def add(
    work: Work, case: Case, method: Method, outcome: CheckOutcome, evidence_ref: str | None
) -> IdentityCheck:
    """Records a check on a locked case. `evidence_ref` says where the proof is kept."""
    require_staff(work)
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


def of_case(work: Work, case: Case) -> list[IdentityCheck]:
    """The case's identity checks, oldest first."""
    query = select(IdentityCheck).where(
        IdentityCheck.account_id == case.account_id, IdentityCheck.case_id == case.case_id
    )
    return list(work.session.scalars(query.order_by(IdentityCheck.nth)))


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
    latest = work.session.scalar(query)
    if latest is None or latest.outcome != CheckOutcome.PASSED or latest.checked_at + GOOD_FOR <= work.now:
        raise IdentityUnverified
