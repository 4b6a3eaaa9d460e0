"""The timeline's sources below and inside this domain: the audit, the notes, the messages."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from secmon.audit import listing as audit
from secmon.cases.models import Note
from secmon.cases.sentences import sentence
from secmon.cases.timeline import CHINESE, ENGLISH, Before, Entry, TimelineSource, earlier, parsed
from secmon.cases.words import in_words
from secmon.core import page_keys
from secmon.core.work import Work
from secmon.outbox import history as outbox

# Told by the note and by the change themselves.
_TOLD_ELSEWHERE = frozenset({"case.note_added", "credential.changed"})


def audited(work: Work, account_id: str, before: Before | None, limit: int) -> list[Entry]:
    """What the audit chain recorded."""
    entries = audit.of_account(work, account_id, _before_number(before), limit, _TOLD_ELSEWHERE)
    return [_of_audit(entry) for entry in entries]


def written(work: Work, account_id: str, before: Before | None, limit: int) -> list[Entry]:
    """The notes on the account's cases."""
    query = select(Note).where(
        Note.account_id == account_id, earlier(Note.written_at, Note.note_id, before, uuid.UUID)
    )
    newest = query.order_by(Note.written_at.desc(), Note.note_id.desc()).limit(limit)
    return [_of_note(note) for note in work.session.scalars(newest)]


def owed(work: Work, account_id: str, before: Before | None, limit: int) -> list[Entry]:
    """The messages about the account, and how they fare."""
    return [
        _of_message(found) for found in outbox.of_account(work, account_id, _before_number(before), limit)
    ]


OWN_SOURCES = (
    TimelineSource("audit", audited),
    TimelineSource("messages", owed),
    TimelineSource("notes", written),
)


def _before_number(before: Before | None) -> tuple[datetime, int] | None:
    """Where numbered entries go on: numbers begin at 1, so 0 stands for none of that instant."""
    if before is None:
        return None
    if before.key is not None:
        return before.at, parsed(before.key, page_keys.whole)
    return before.at, 2**62 if before.inclusive else 0


def _of_audit(entry: audit.Recorded) -> Entry:
    who = entry.actor_name or entry.actor_id
    personal = entry.personal or {}
    subject, address = entry.subject or personal.get("subject"), entry.address or personal.get("address")
    more = {"subject": subject, "reason_given": entry.reason, "from": address}
    facts = {**entry.facts, "by": who, "by_id": entry.actor_id}
    facts |= {name: value for name, value in more.items() if value is not None}
    said = sentence(entry.action, who, subject, entry.facts)
    if entry.reason is not None:
        said = {locale: f"{text} “{entry.reason}”" for locale, text in said.items()}
    return Entry(entry.occurred_at, str(entry.sequence), entry.action, said, facts)


def _of_note(note: Note) -> Entry:
    said = {
        ENGLISH: f"{note.writer_name} noted{'' if note.internal else ' to the owner'}: “{note.text}”",
        CHINESE: f"{note.writer_name} {'备注' if note.internal else '告知用户'}：“{note.text}”",
    }
    facts = {"case_id": str(note.case_id), "internal": note.internal, "text": note.text}
    facts["by_id"] = note.written_by
    return Entry(note.written_at, str(note.note_id), "note", said, facts)


def _of_message(found: outbox.Owed) -> Entry:
    fares = [
        ", ".join(f"{receiver}: {in_words(state, language)}" for receiver, state in found.deliveries.items())
        for language in (0, 1)
    ]
    said = {
        ENGLISH: f"A message “{found.kind}” was sent out" + (f" ({fares[0]})." if fares[0] else "."),
        CHINESE: f"发出消息“{found.kind}”" + (f"（{fares[1]}）。" if fares[1] else "。"),
    }
    facts = {"message_id": str(found.message_id), "kind": found.kind, "deliveries": found.deliveries}
    return Entry(found.owed_at, str(found.position), "message", said, facts)
