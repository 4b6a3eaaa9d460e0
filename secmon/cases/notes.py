"""What is said on a case: among staff, or to the owner."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, select

from secmon.accounts import service as accounts
from secmon.audit import service as audit
from secmon.cases import changing
from secmon.cases.models import Case, Note
from secmon.core.ids import new_id
from secmon.core.pages import PageRequest, page
from secmon.core.working_time import WorkingCalendar
from secmon.database.pages import behind
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.wording.case_texts import Part, written


def add(work: Work, case: Case, *parts: Part, internal: bool, calendar: WorkingCalendar) -> Note:
    """A note on a locked case. One for the owner is the first response, and the owner is told of it."""
    said = written(*parts)
    note = Note(
        account_id=case.account_id,
        case_id=case.case_id,
        note_id=new_id(work.now),
        text=said.text,
        text_said=said.said,
        internal=internal,
        written_at=work.now,
        written_by=work.actor.actor_id,
        writer_name=work.actor.name or work.actor.actor_id,
    )
    work.session.add(note)
    case.version += 1
    audit.record(
        work, case.account_id, "case.note_added", subject=case.reference, facts={"internal": internal}
    )
    if not internal:
        changing.respond(work, case, calendar)
        told = {"case_id": str(case.case_id), "reference": case.reference, "note_id": str(note.note_id)}
        work.defer(outbox.owing(work, case.account_id, Kind.CASE_UPDATED, told))
    return note


def of_case(work: Work, case: Case) -> list[Note]:
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
