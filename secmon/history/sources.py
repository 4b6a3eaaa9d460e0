"""The timeline's sources that lie below every domain: the audit and the messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from secmon.audit import listing as audit
from secmon.cases.approvals import ApprovalKind, ApprovalStatus
from secmon.clients import service as clients
from secmon.core import pages
from secmon.core.actor import ActorKind
from secmon.database.work import Work
from secmon.outbox import history as outbox
from secmon.rooms.entries import Before, Entry, TimelineSource, parsed
from secmon.wording import earlier_release, timeline_sentences
from secmon.wording.audit_sentences import sentence
from secmon.wording.case_texts import Remark, Said, told
from secmon.wording.languages import LOCALES, in_both

# Told by the note and by the change themselves; and what happened to nobody: the audit alone tells of it.
_TOLD_ELSEWHERE = frozenset({"account.viewed", "case.note_added", "credential.changed"})
_REFUSALS = frozenset(f"{kind}.{ApprovalStatus.REFUSED}" for kind in ApprovalKind)


def audited(work: Work, account_id: str, before: Before | None, limit: int) -> list[Entry]:
    """What the audit chain recorded."""
    entries = audit.of_account(work, account_id, _before_number(before), limit, _TOLD_ELSEWHERE)
    names = _names(work, entries)
    return [_of_audit(entry, names) for entry in entries]


def owed(work: Work, account_id: str, before: Before | None, limit: int) -> list[Entry]:
    """The messages about the account, and how they fare."""
    return [of_message(found) for found in outbox.of_account(work, account_id, _before_number(before), limit)]


OWN_SOURCES = (
    TimelineSource("audit", audited),
    TimelineSource("messages", owed),
)


def _before_number(before: Before | None) -> tuple[datetime, int] | None:
    """Where numbered entries go on: numbers begin at 1, so 0 stands for none of that instant."""
    if before is None:
        return None
    if before.key is not None:
        return before.at, parsed(before.key, pages.whole)
    return before.at, 2**62 if before.inclusive else 0


def _of_audit(entry: audit.Recorded, names: Mapping[str, str]) -> Entry:
    who = entry.actor_name or entry.actor_id
    personal = entry.personal or {}
    subject, address = entry.subject or personal.get("subject"), entry.address or personal.get("address")
    more = {"subject": subject, "reason_given": entry.reason, "from": address}
    facts = {**entry.facts, "by": who, "by_id": entry.actor_id}
    facts |= {name: value for name, value in more.items() if value is not None}
    said = sentence(entry.action, who, subject, _named(entry.facts, names))
    if entry.reason is not None:
        said = timeline_sentences.with_reason(said, _reason(entry, entry.reason))
    return Entry(entry.occurred_at, str(entry.sequence), entry.action, said, facts)


def _reason(entry: audit.Recorded, given: str) -> dict[str, str]:
    """The reason that was given, by locale: what a person gave is the same in each."""
    said = entry.facts.get("said")
    if said in set(Said):
        return in_both(partial(told, Remark(Said(said))))
    if entry.action in _REFUSALS and entry.actor_kind != ActorKind.STAFF:
        # Staff alone refuse. Before there was a code, whoever else did had a request withdrawn by a report.
        return {locale: earlier_release.in_words(given, locale) for locale in LOCALES}
    return dict.fromkeys(LOCALES, given)


def _names(work: Work, entries: Sequence[audit.Recorded]) -> Mapping[str, str]:
    """The names of those whom cases were assigned to, as far as they are clients."""
    assignees = {_assignee(entry.facts) for entry in entries}
    return clients.names(work, {assignee for assignee in assignees if assignee is not None})


def _assignee(facts: Mapping[str, Any]) -> str | None:
    to = facts.get("to")
    return to.get("assignee") if isinstance(to, dict) else None


def _named(facts: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    assignee = _assignee(facts)
    if assignee is None or assignee not in names:
        return facts
    return {**facts, "to": {**facts["to"], "assignee": names[assignee]}}


def of_message(found: outbox.Owed) -> Entry:
    """A message of the outbox as an entry."""
    said = timeline_sentences.message(found.kind, found.deliveries)
    facts = {"message_id": str(found.message_id), "kind": found.kind, "deliveries": found.deliveries}
    return Entry(found.owed_at, str(found.position), "message", said, facts)
