"""The queue: cases newest first, narrowed by any of its filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from secmon.accounts import service as accounts
from secmon.cases.models import Case, Note
from secmon.core.pages import PageRequest, page
from secmon.database.pages import behind, newest
from secmon.database.work import Work


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


def is_overdue(case: Case, work: Work) -> bool:
    """Whether the target that is running has passed; told by the clock, not by a worker."""
    return case.due_at is not None and case.due_at < work.now


def notes(work: Work, case: Case) -> list[Note]:
    """The case's notes, oldest first."""
    query = select(Note).where(Note.account_id == case.account_id, Note.case_id == case.case_id)
    return list(work.session.scalars(query.order_by(Note.written_at, Note.note_id)))


def for_owner(
    work: Work, account_id: str, wanted: PageRequest
) -> tuple[Sequence[Row[Note, str]], str | None]:
    """What was written to the owner, each note with its case's reference, newest first; the next cursor.

    The key is (time, id). Raises `AccountUnknown`.
    """
    accounts.get(work, account_id)
    of_case = (Case.account_id == Note.account_id) & (Case.case_id == Note.case_id)
    query = select(Note, Case.reference).join(Case, of_case)
    query = query.where(Note.account_id == account_id, Note.internal.is_(False))
    rows = work.session.execute(behind(query, (Note.written_at, Note.note_id), wanted)).all()
    return page(rows, wanted, lambda row: (row[0].written_at, row[0].note_id))


def _overdue(work: Work, overdue: bool) -> ColumnElement[bool]:
    return Case.due_at < work.now if overdue else or_(Case.due_at.is_(None), Case.due_at >= work.now)
