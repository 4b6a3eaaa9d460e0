"""Reading the audit: newest first, by any mix of account, actor, action and time."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, tuple_

from secmon.audit.models import AuditEntry, AuditReason
from secmon.audit.service import SERVICE_CHAIN
from secmon.core.pages import PageRequest, page
from secmon.database.pages import behind
from secmon.database.work import Work

_KEY = (AuditEntry.occurred_at, AuditEntry.account_id, AuditEntry.sequence)
_WITH_REASON = select(AuditEntry, AuditReason.reason, AuditReason.personal, AuditReason.salt).outerjoin(
    AuditReason,
    (AuditReason.account_id == AuditEntry.account_id) & (AuditReason.sequence == AuditEntry.sequence),
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry as it is read. `account_id` None: it concerns no account but the service itself.

    `personal` (`{"address"?, "subject"?}`) and `reason` are what an erasure takes away. `salt` and digest
    are hex: with them and the other fields, whoever holds an entry recomputes its `hash`.
    """

    account_id: str | None
    sequence: int
    occurred_at: datetime
    action: str
    actor_id: str
    actor_kind: str
    actor_name: str
    address: str | None
    subject: str | None
    personal: dict[str, str] | None
    reason: str | None
    salt: str | None
    reason_digest: str | None
    facts: dict[str, Any]
    previous_hash: str
    hash: str


def listed(
    work: Work,
    wanted: PageRequest,
    *,
    account_id: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    since: datetime | None = None,
) -> tuple[list[Recorded], str | None]:
    """One page of entries, newest first, and the next cursor; the key is (time, account, sequence)."""
    wishes: Sequence[tuple[Any, Any]] = (
        (AuditEntry.account_id, account_id),
        (AuditEntry.actor_id, actor),
        (AuditEntry.action, action),
    )
    conditions = [column == value for column, value in wishes if value is not None]
    if since is not None:
        conditions.append(AuditEntry.occurred_at >= since)
    query = behind(_WITH_REASON.where(*conditions), _KEY, wanted)
    rows = [_recorded(row) for row in work.session.execute(query)]
    return page(rows, wanted, lambda row: (row.occurred_at, row.account_id or SERVICE_CHAIN, row.sequence))


def of_account(
    work: Work,
    account_id: str,
    before: tuple[datetime, int] | None,
    limit: int,
    leaving_out: Collection[str] = (),
) -> list[Recorded]:
    """The account's `limit` newest entries before the key `before` (time, sequence), but for some actions."""
    conditions: list[ColumnElement[bool]] = [AuditEntry.account_id == account_id]
    if before is not None:
        conditions.append(tuple_(AuditEntry.occurred_at, AuditEntry.sequence) < before)
    if leaving_out:
        conditions.append(AuditEntry.action.not_in(leaving_out))
    return _newest(work, conditions, limit)


def has_happened(work: Work, account_id: str, actions: Collection[str], since: datetime) -> bool:
    """Whether one of the actions was recorded of the account since then."""
    entry = select(AuditEntry.sequence).where(
        AuditEntry.account_id == account_id, AuditEntry.action.in_(actions), AuditEntry.occurred_at >= since
    )
    return work.session.scalar(entry.limit(1)) is not None


def _newest(work: Work, conditions: Sequence[ColumnElement[bool]], limit: int) -> list[Recorded]:
    query = _WITH_REASON.where(*conditions).order_by(*(column.desc() for column in _KEY)).limit(limit)
    return [_recorded(row) for row in work.session.execute(query)]


def _recorded(row: Row[*tuple[Any, ...]]) -> Recorded:
    entry: AuditEntry = row[0]
    reason, personal, salt = row[1:]
    return Recorded(
        account_id=None if entry.account_id == SERVICE_CHAIN else entry.account_id,
        sequence=entry.sequence,
        occurred_at=entry.occurred_at,
        action=entry.action,
        actor_id=entry.actor_id,
        actor_kind=entry.actor_kind,
        actor_name=entry.actor_name,
        address=entry.address,
        subject=entry.subject,
        personal=None if personal is None else json.loads(personal),
        # Where only something personal is kept, there is no reason.
        reason=reason or None,
        salt=None if salt is None else salt.hex(),
        reason_digest=None if entry.reason_digest is None else entry.reason_digest.hex(),
        facts=json.loads(entry.facts),
        previous_hash=entry.previous_hash.hex(),
        hash=entry.hash.hex(),
    )
