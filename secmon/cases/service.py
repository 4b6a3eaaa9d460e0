"""Cases are opened, listed, found and locked. A case's account is locked first, then the case."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import aliased

from secmon.accounts import service as accounts
from secmon.audit import service as audit
from secmon.cases import links, reference, targets
from secmon.cases.models import Approval, AskedErasure, Case, IdentityCheck, Note
from secmon.cases.states import CaseChannel, CaseStatus, Category, Priority
from secmon.core.errors import Conflict, FieldError, Invalid, NotFound
from secmon.core.ids import new_id
from secmon.core.pages import PageRequest
from secmon.core.working_time import WorkingCalendar
from secmon.database.pages import newest
from secmon.database.rows import Storing
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.wording.case_texts import Part, written

_COLUMNS = [column.key for column in Case.__table__.columns]
_STORE = Storing(Case, _COLUMNS)
# The row, for whoever is handed it by `lock`.
__all__ = ["Case"]


class CaseUnknown(NotFound):
    """No case was ever opened with this id here, or its account was erased."""

    code = "case_unknown"
    title = "There is no such case"
    advice = "List the cases, and take the case_id from there."


class CaseClosed(Conflict):
    """A closed case stays as it is: its evidence may have been handed over."""

    code = "case_closed"
    title = "The case is closed"
    advice = "Open a new case for what is new."


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported, and what it is about."""

    category: Category
    channel: CaseChannel
    subject: Part
    summary: Part | None = None
    priority: Priority = Priority.NORMAL
    freeze_id: uuid.UUID | None = None
    alert_ids: Sequence[uuid.UUID] = ()
    device_ids: Sequence[str] = ()


def open_case(
    work: Work, account_id: str, report: Report, calendar: WorkingCalendar, free_reference: str | None = None
) -> Case:
    """A new case; the caller holds the account's lock. A case with a `freeze_id` holds that freeze.

    The row is stored with the commit: nothing later in this work finds it.
    """
    subject = written(report.subject)
    summary = None if report.summary is None else written(report.summary)
    case = Case(
        account_id=account_id,
        case_id=new_id(work.now),
        reference=free_reference or reference.free_reference(work),
        category=report.category.value,
        channel=report.channel.value,
        subject=subject.text,
        subject_said=subject.said,
        summary=None if summary is None else summary.text,
        summary_said=None if summary is None else summary.said,
        status=CaseStatus.OPEN.value,
        priority=report.priority.value,
        version=1,
        links=links.first(report.freeze_id, report.alert_ids, report.device_ids),
        holds_freeze=report.freeze_id is not None,
        opened_at=work.now,
        opened_by=work.actor.actor_id,
        overdue_told=False,
        stood_still_s=0,
    )
    targets.set_due(case, calendar)
    work.defer(_STORE(**{f"{name}_": getattr(case, name) for name in _COLUMNS}))
    facts = {"category": case.category, "channel": case.channel, "priority": case.priority}
    audit.record(work, account_id, "case.opened", subject=case.reference, facts=facts)
    told = {"case_id": str(case.case_id), "reference": case.reference, "category": case.category}
    work.defer(outbox.owing(work, account_id, Kind.CASE_OPENED, told))
    return case


def listed(
    work: Work,
    wanted: PageRequest,
    *,
    status: str | None = None,
    category: str | None = None,
    assignee: str | None = None,
    account_id: str | None = None,
    reference: str | None = None,
    overdue: bool | None = None,
) -> tuple[list[Case], str | None]:
    """One page of cases, newest first, and the next cursor; the key is the id."""
    wishes: tuple[tuple[Any, str | None], ...] = (
        (Case.status, status),
        (Case.category, category),
        (Case.assignee, assignee),
        (Case.account_id, account_id),
        (Case.reference, reference),
    )
    query = select(Case).where(*(column == value for column, value in wishes if value is not None))
    if overdue is not None:
        query = query.where(_overdue(work, overdue))
    return newest(work, query, (Case.case_id,), wanted)


def get(work: Work, case_id: uuid.UUID) -> Case:
    """The case; raises `CaseUnknown`."""
    case = work.session.scalar(select(Case).where(Case.case_id == case_id))
    if case is None:
        raise CaseUnknown
    return case


def account_of(work: Work, case_id: uuid.UUID) -> str | None:
    """Whose case it is."""
    return work.session.scalar(select(Case.account_id).where(Case.case_id == case_id))


def lock(work: Work, case_id: uuid.UUID) -> Case:
    """The case as it stands, its account and then itself locked; raises `CaseUnknown`."""
    account_id = account_of(work, case_id)
    if account_id is None:
        raise CaseUnknown
    accounts.lock(work, account_id)
    return _locked(work, account_id, case_id) or _gone()


def lock_open(work: Work, case_id: uuid.UUID) -> Case:
    """As `lock`; raises `CaseClosed` too."""
    case = lock(work, case_id)
    require_open(case)
    return case


def require_open(case: Case) -> None:
    """Raises `CaseClosed`."""
    if case.status == CaseStatus.CLOSED:
        raise CaseClosed


def is_open(work: Work, account_id: str, case_id: uuid.UUID) -> bool:
    """Whether the account has that case, and it was not closed; the caller holds the account's lock."""
    case = _locked(work, account_id, case_id)
    return case is not None and case.status != CaseStatus.CLOSED


def touch(work: Work, account_id: str, case_id: uuid.UUID) -> None:
    """What is shown of the case has changed; the caller holds the account's lock."""
    case = work.session.get(Case, (account_id, case_id))
    if case is not None:
        case.version += 1


def lock_of_account(work: Work, account_id: str, case_id: uuid.UUID) -> Case:
    """The case, if it is one of the account, whose lock the caller holds.

    Raises `Invalid` where it is unknown or another account's, which look the same, and `CaseClosed`.
    """
    case = _locked(work, account_id, case_id)
    if case is None:
        raise Invalid(errors=(FieldError("/case_id", "Is no case of this account"),))
    require_open(case)
    return case


def link(case: Case, *, alert_id: uuid.UUID | None = None, device_id: str | None = None) -> None:
    """Adds what a later report of the same matter came from."""
    case.links = links.joined(case.links, alert_id, device_id)


def release_freeze(work: Work, account_id: str, case_id: uuid.UUID) -> None:
    """The freeze that the case held is over: the case may be resolved."""
    case = _locked(work, account_id, case_id) or _gone()
    case.holds_freeze = False
    case.version += 1


def holds(account_id: Any) -> ColumnElement[bool]:
    """The legal hold as a condition: a case of the account (a value, or another table's column) is open."""
    # Under a name of its own: asked of a case, it is about the other cases of its account as well.
    held = aliased(Case)
    return exists().where(held.account_id == account_id, held.status != CaseStatus.CLOSED)


def has_open(work: Work, account_id: str) -> bool:
    """Whether a case of the account is open: a legal hold."""
    return bool(work.session.scalar(select(holds(account_id))))


def erase(work: Work, account_id: str) -> None:
    """Deletes the account's cases and all that belongs to them, and what was asked for beside them."""
    for table in (Approval, IdentityCheck, Note, Case, AskedErasure):
        work.session.execute(delete(table).where(table.account_id == account_id))


def _locked(work: Work, account_id: str, case_id: uuid.UUID) -> Case | None:
    query = select(Case).where(Case.account_id == account_id, Case.case_id == case_id).with_for_update()
    return work.session.scalar(query.execution_options(populate_existing=True))


def _gone() -> Case:
    raise CaseUnknown


def _overdue(work: Work, overdue: bool) -> ColumnElement[bool]:
    return Case.due_at < work.now if overdue else or_(Case.due_at.is_(None), Case.due_at >= work.now)
