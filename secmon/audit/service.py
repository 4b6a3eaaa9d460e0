"""Appending to an account's chain, in the transaction of what is recorded."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, literal_column, select

from secmon.audit import chain
from secmon.audit.models import AuditEntry, AuditReason
from secmon.core.actor import Actor, ActorKind
from secmon.database.statements import Query, Row, Statement
from secmon.database.work import Work

# The chain of what concerns no account (clients, keys, policy). "@" cannot begin an account_id.
SERVICE_CHAIN = "@service"
SALT_BYTES = 16

# Advisory, because the application's role may not lock rows (that takes UPDATE) of this table.
_LOCK = Statement(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("account_id"), literal_column("0"))))
)
_HEAD = Statement(
    select(AuditEntry.sequence, AuditEntry.hash)
    .where(AuditEntry.account_id == bindparam("account_id"))
    .order_by(AuditEntry.sequence.desc())
    .limit(literal_column("1"))
)
_APPEND = Statement(insert(AuditEntry), returns_rows=False)
_EXPLAIN = Statement(insert(AuditReason), returns_rows=False)


def record(
    work: Work,
    account_id: str | None,
    action: str,
    *,
    subject: str | None = None,
    personal_subject: str | None = None,
    reason: str | None = None,
    facts: Mapping[str, Any] | None = None,
    kept: bool = True,
) -> int:
    """Appends an entry, sent with the commit; answers its sequence number.

    Not `kept`, it is made and thrown away: for who must not tell by the time whether there is a chain.

    `account_id` None: it concerns no account but the service itself.
    `reason` is free text and erased with the account, and so are `personal_subject` (a device, which is
    somebody's) and the address of an owner. `subject` and `facts` stay for good: codes and identifiers,
    no personal data, no secret, no fraction.
    """
    chain_id = SERVICE_CHAIN if account_id is None else account_id
    last, previous_hash = _head(work, chain_id)
    address, personal = _address(work.actor), _personal(work.actor, personal_subject)
    salt = secrets.token_bytes(SALT_BYTES)
    erasable = reason is not None or personal is not None
    digest = chain.commitment(salt, reason or "", personal) if erasable else None
    link = chain.ChainLink(
        account_id=chain_id,
        sequence=last + 1,
        occurred_at=work.now.isoformat(),
        action=action,
        actor_id=work.actor.actor_id,
        actor_kind=work.actor.kind.value,
        actor_name=work.actor.name,
        address=address,
        subject=subject,
        facts=chain.canonical(facts or {}),
        reason_digest=None if digest is None else digest.hex(),
        previous_hash=previous_hash.hex(),
    )
    hashed = link.hash()
    key_id, mac = (None, None) if work.recorder is None else work.recorder.stamp(hashed)
    if not kept:
        return link.sequence
    columns = {
        **asdict(link),
        "occurred_at": work.now,
        "reason_digest": digest,
        "previous_hash": previous_hash,
        "hash": hashed,
        "key_id": key_id,
        "mac": mac,
    }
    work.defer(_APPEND(**columns))
    if erasable:
        words = {"salt": salt, "reason": reason or "", "personal": personal}
        work.defer(_EXPLAIN(account_id=chain_id, sequence=link.sequence, **words))
    _heads(work)[chain_id] = (link.sequence, hashed)
    return link.sequence


def head(work: Work, chain_id: str) -> list[Query]:
    """For the hot path: what locks a chain and reads its head, to be sent along with other reads."""
    queries = [_HEAD(account_id=chain_id)]
    return [_LOCK(account_id=chain_id), *queries] if work.dialect.name == "postgresql" else queries


def head_read(work: Work, chain_id: str, answers: Sequence[list[Row]]) -> tuple[int, bytes]:
    """Takes the answers to `head`: what is recorded next follows without another read."""
    rows = answers[-1]
    found = (rows[0][0], rows[0][1]) if rows else (0, chain.GENESIS)
    # What this work has recorded already is the newer head.
    return _heads(work).setdefault(chain_id, found)


def was_recorded(work: Work, account_id: str | None, action: str, since: datetime) -> bool:
    """Whether the actor has done that already, not before `since`."""
    query = select(AuditEntry.sequence).where(
        AuditEntry.account_id == (SERVICE_CHAIN if account_id is None else account_id),
        AuditEntry.occurred_at >= since,
        AuditEntry.action == action,
        AuditEntry.actor_id == work.actor.actor_id,
    )
    return work.session.scalar(query.limit(1)) is not None


def has_chain(work: Work, account_id: str) -> bool:
    """Whether anything was ever recorded of the account."""
    return _head(work, account_id)[0] > 0


def erase(work: Work, account_id: str) -> None:
    """Deletes what is personal or free text of the account's entries; the chain stays, and verifies."""
    work.session.execute(delete(AuditReason).where(AuditReason.account_id == account_id))


def _address(actor: Actor) -> str | None:
    """Staff and services answer for what they do under their address, for good."""
    return None if actor.kind is ActorKind.OWNER else actor.address


def _personal(actor: Actor, subject: str | None) -> str | None:
    address = actor.address if actor.kind is ActorKind.OWNER else None
    found = {"address": address, "subject": subject}
    kept = {name: value for name, value in found.items() if value is not None}
    return chain.canonical(kept) if kept else None


def _head(work: Work, chain_id: str) -> tuple[int, bytes]:
    """The last link, its chain locked until this transaction ends; this work's own are not stored yet."""
    known = _heads(work).get(chain_id)
    return known or head_read(work, chain_id, work.read(*head(work, chain_id)))


def _heads(work: Work) -> dict[str, tuple[int, bytes]]:
    heads: dict[str, tuple[int, bytes]] = work.session.info.setdefault("secmon.audit.heads", {})
    return heads
