"""Four eyes: one person of the staff asks, another one decides. Shared by whatever needs it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from secmon.audit import service as audit
from secmon.cases import identity, news, staff
from secmon.cases import service as cases
from secmon.cases.identity import require_identity
from secmon.cases.models import Approval, Case
from secmon.cases.staff import require_staff
from secmon.core.errors import Conflict, NotFound
from secmon.core.ids import new_id
from secmon.database.work import Work
from secmon.wording.case_texts import Part, Remark, Said, written

# The row, for whoever asks or decides; and who may.
__all__ = ["Approval", "require_staff"]


class ApprovalKind(StrEnum):
    UNFREEZE = "unfreeze"
    FACTOR_RESET = "factor_reset"


class ApprovalStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


class RequestUnknown(NotFound):
    """No such request was made for this account."""

    code = "request_unknown"
    title = "There is no such request"
    advice = "Take the request_id from the answer to the request, or from the case's timeline."


class AlreadyDecided(Conflict):
    """The first decision stands."""

    code = "already_decided"
    title = "The request was decided before"
    advice = "Read the case's timeline; ask anew if it still has to be done."


def ask(
    work: Work,
    case: Case,
    kind: ApprovalKind,
    reason: str,
    *,
    about: uuid.UUID | None = None,
    suspected_since: datetime | None = None,
    corrected: bool = False,
) -> Approval:
    """A pending request on a locked case with a verified identity; the one that is pending already stands.

    `about` is what is asked of: the freeze that would end. Where `suspected_since` was `corrected`, one that
    is pending with another day gives way: nobody shall decide on a day that is none any more.
    Raises `StaffRequired`, `IdentityUnverified`.
    """
    require_staff(work)
    require_identity(work, case.account_id, case.case_id)
    for earlier in _pending(work, case.account_id, kind, about):
        if earlier.case_id != case.case_id:
            continue
        if not corrected or earlier.suspected_since == suspected_since:
            return earlier
        settle(work, earlier, ApprovalStatus.REFUSED, Remark(Said.ANOTHER_DAY))
    request = Approval(
        account_id=case.account_id,
        request_id=new_id(work.now),
        case_id=case.case_id,
        kind=kind.value,
        about=about,
        status=ApprovalStatus.PENDING.value,
        reason=reason,
        requested_at=work.now,
        requested_by=work.actor.actor_id,
        suspected_since=suspected_since,
        requested_person=work.actor.person_id,
    )
    work.session.add(request)
    case.version += 1
    facts = {"case_id": str(case.case_id)}
    if suspected_since is not None:
        facts["suspected_since"] = suspected_since.isoformat()
    audit.record(
        work,
        case.account_id,
        f"{kind}.requested",
        subject=str(request.request_id),
        reason=reason,
        facts=facts,
    )
    return request


def approve(
    work: Work,
    account_id: str,
    request_id: uuid.UUID,
    kind: ApprovalKind,
    seen: Collection[str] | None,
    note: str | None = None,
) -> Approval:
    """Approves a request of the account, whose lock the caller holds.

    `seen` are the tags of the case as the approver saw it. Whoever asked or checked the identity is not
    asked, and what came in since is looked at first. Raises `RequestUnknown`, `AlreadyDecided`,
    `SecondPersonRequired`, `StaffRequired`, `PreconditionRequired`, `CaseChanged`, `IdentityUnverified`.
    """
    request = _undecided(work, account_id, request_id, kind)
    staff.require_another(work, identity.checkers(work, account_id, request.case_id))
    news.require_seen(work, cases.lock_of_account(work, account_id, request.case_id), seen)
    require_identity(work, account_id, request.case_id)
    settle(work, request, ApprovalStatus.APPROVED, note)
    return request


def refuse(
    work: Work, account_id: str, request_id: uuid.UUID, kind: ApprovalKind, note: str | None = None
) -> Approval:
    """Refuses one, whose account's lock the caller holds.

    Raises `RequestUnknown`, `AlreadyDecided`, `SecondPersonRequired`, `StaffRequired`.
    """
    request = _undecided(work, account_id, request_id, kind)
    settle(work, request, ApprovalStatus.REFUSED, note)
    return request


def _undecided(work: Work, account_id: str, request_id: uuid.UUID, kind: ApprovalKind) -> Approval:
    """The request, locked, for whoever did not ask for it."""
    require_staff(work)
    request = work.session.get(
        Approval, (account_id, request_id), with_for_update=True, populate_existing=True
    )
    if request is None or request.kind != kind:
        raise RequestUnknown
    staff.require_another(work, [(request.requested_by, request.requested_person)])
    if request.status != ApprovalStatus.PENDING:
        raise AlreadyDecided(f"It was {request.status}.")
    return request


def get(work: Work, account_id: str, request_id: uuid.UUID, kind: ApprovalKind) -> Approval:
    """The request of the account, whose lock the caller holds; raises `RequestUnknown`."""
    request = work.session.get(Approval, (account_id, request_id), populate_existing=True)
    if request is None or request.kind != kind:
        raise RequestUnknown
    return request


def settle(work: Work, request: Approval, verdict: ApprovalStatus, note: Part | None = None) -> None:
    """Writes the decision down; `approve` and `refuse` check that it may be made."""
    why = None if note is None else written(note)
    request.status = verdict.value
    request.note, request.note_said = (None, None) if why is None else (why.text, why.said)
    request.decided_at, request.decided_by = work.now, work.actor.actor_id
    cases.touch(work, request.account_id, request.case_id)
    # The chain vouches for the code, so that nobody's words are taken for the service's.
    said = {"said": note.said.value} if isinstance(note, Remark) else {}
    audit.record(
        work,
        request.account_id,
        f"{request.kind}.{verdict}",
        subject=str(request.request_id),
        reason=request.note,
        facts={"case_id": str(request.case_id), **said},
    )


def withdraw(work: Work, account_id: str, kind: ApprovalKind, about: uuid.UUID, why: Remark) -> None:
    """Refuses what is pending, because something has happened that whoever asked did not know of."""
    for asked in _pending(work, account_id, kind, about):
        settle(work, asked, ApprovalStatus.REFUSED, why)


def pending(work: Work, case: Case) -> list[Approval]:
    """What is asked for on the case and not decided yet, oldest first."""
    query = select(Approval).where(
        Approval.account_id == case.account_id,
        Approval.case_id == case.case_id,
        Approval.status == ApprovalStatus.PENDING.value,
    )
    return list(work.session.scalars(query.order_by(Approval.request_id)))


def _pending(work: Work, account_id: str, kind: ApprovalKind, about: uuid.UUID | None) -> list[Approval]:
    """What is asked of that, on whichever cases, oldest first."""
    query = select(Approval).where(
        Approval.account_id == account_id,
        Approval.kind == kind.value,
        Approval.status == ApprovalStatus.PENDING.value,
        Approval.about == about if about is not None else Approval.about.is_(None),
    )
    return list(work.session.scalars(query.order_by(Approval.request_id).with_for_update()))
