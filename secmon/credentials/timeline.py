"""Credential changes on a case's timeline, and the erasure of what is known of credentials."""

from __future__ import annotations

from sqlalchemy import delete, select

from secmon.credentials.models import CredentialChange, PasswordState
from secmon.database.work import Work
from secmon.rooms.entries import Before, Entry, TimelineSource, earlier
from secmon.wording.codes import in_words
from secmon.wording.languages import CHINESE, ENGLISH


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
    named = [(in_words(change.credential, index), in_words(change.method, index)) for index in (0, 1)]
    source = "" if change.ip is None else f" ({change.ip})"
    said = {
        ENGLISH: f"The account's {named[0][0]} was changed by {named[0][1]}{source}.",
        CHINESE: f"账户的{named[1][0]}已更改，方式：{named[1][1]}{source}。",
    }
    facts = {
        "event_id": change.event_id,
        "credential": change.credential,
        "method": change.method,
        "ip": change.ip,
        "device_id": change.device_id,
        "case_id": None if change.case_id is None else str(change.case_id),
    }
    return Entry(change.occurred_at, change.event_id, "credential.changed", said, facts)
