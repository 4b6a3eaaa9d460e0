"""The notes on an account's cases, for its timeline."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from secmon.cases import texts
from secmon.cases.models import Note
from secmon.database.work import Work
from secmon.rooms.entries import Before, Entry, TimelineSource, earlier
from secmon.wording import timeline_sentences


def written(work: Work, account_id: str, before: Before | None, limit: int) -> list[Entry]:
    """The notes on the account's cases."""
    query = select(Note).where(
        Note.account_id == account_id, earlier(Note.written_at, Note.note_id, before, uuid.UUID)
    )
    newest = query.order_by(Note.written_at.desc(), Note.note_id.desc()).limit(limit)
    return [_of_note(note) for note in work.session.scalars(newest)]


NOTES = TimelineSource("notes", written)


def _of_note(note: Note) -> Entry:
    by = note.writer_name or note.written_by
    said = timeline_sentences.note(by, texts.note_in_both(note), internal=note.internal)
    facts = {"case_id": str(note.case_id), "internal": note.internal, "text": note.text}
    facts["by_id"] = note.written_by
    return Entry(note.written_at, str(note.note_id), "note", said, facts)
