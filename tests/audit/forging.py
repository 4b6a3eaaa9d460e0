"""What whoever has the rights of the application on the database, but not its keys, can write there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from secmon.audit import chain
from secmon.audit.models import AuditEntry


def append(engine: Engine, account_id: str, at: datetime, **columns: Any) -> None:
    """An entry that says that an auditor looked, hashed as it should be, behind the chain's last."""
    mine = AuditEntry.account_id == account_id
    newest = select(AuditEntry.sequence, AuditEntry.hash).where(mine).order_by(AuditEntry.sequence.desc())
    with engine.begin() as connection:
        found = connection.execute(newest.limit(1)).first()
        last, previous = (found.sequence, found.hash) if found else (0, chain.GENESIS)
        link = chain.ChainLink(
            account_id=account_id,
            sequence=last + 1,
            occurred_at=at.isoformat(),
            action="unfreeze.approved",
            actor_id="somebody",
            actor_kind="staff",
            actor_name="Somebody Else",
            address=None,
            subject=None,
            facts="{}",
            reason_digest=None,
            previous_hash=previous.hex(),
        )
        row = {
            "account_id": account_id,
            "sequence": last + 1,
            "occurred_at": at,
            "action": link.action,
            "actor_id": link.actor_id,
            "actor_kind": link.actor_kind,
            "actor_name": link.actor_name,
            "facts": link.facts,
            "previous_hash": previous,
            "hash": link.hash(),
        }
        connection.execute(insert(AuditEntry).values({**row, **columns}))
