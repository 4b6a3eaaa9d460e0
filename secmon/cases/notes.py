"""What is said on a case: among staff, or to the owner."""

from __future__ import annotations

from secmon.audit import service as audit
from secmon.cases import changing
from secmon.cases.models import Case, Note
from secmon.core.ids import new_id
from secmon.core.working_time import WorkingCalendar
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
