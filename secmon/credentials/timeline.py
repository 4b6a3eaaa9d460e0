"""Credential changes on a case's timeline, and the erasure of what is known of credentials."""

from __future__ import annotations

from sqlalchemy import delete, select

from secmon.credentials.models import CredentialChange, PasswordState
from secmon.database.work import Work
from secmon.rooms.entries import Before, Entry, TimelineSource, earlier
from secmon.wording import timeline_sentences


def changed(work: Work, account_id: str, before: Before | None, limit: int) -> list[Entry]:
    """The account's credential changes, newest first."""
    query = select(CredentialChange).where(
        CredentialChange.account_id == account_id,
        earlier(CredentialChange.occurred_at, CredentialChange.event_id, before),
    )
    newest = query.order_by(CredentialChange.occurred_at.desc(), CredentialChange.event_id.desc())
    return [_of_change(change) for change in work.session.scalars(newest.limit(limit))]


CREDENTIALS = TimelineSource("credentials", changed)


def erase(work: Work, account_id: str) -> None:
    """Deletes the account's changes and its password's state."""
    for table in (CredentialChange, PasswordState):
        work.session.execute(delete(table).where(table.account_id == account_id))


def _of_change(change: CredentialChange) -> Entry:
    said = timeline_sentences.credential_changed(change.credential, change.method, change.ip)
    facts = {
        "event_id": change.event_id,
        "credential": change.credential,
        "method": change.method,
        "ip": change.ip,
        "device_id": change.device_id,
        "case_id": None if change.case_id is None else str(change.case_id),
    }
    return Entry(change.occurred_at, change.event_id, "credential.changed", said, facts)
