"""What the second factor leaves behind in the database: what was recorded, and what is owed to the owner."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from secmon.audit.models import AuditEntry
from secmon.outbox.models import OwedMessage
from tests.service import Service


def recorded(service: Service, account_id: str, action: str) -> list[dict[str, Any]]:
    """The facts of the account's audit entries of that action, oldest first."""
    query = select(AuditEntry.facts).where(AuditEntry.account_id == account_id, AuditEntry.action == action)
    with service.work(write=False) as work:
        return [json.loads(facts) for facts in work.session.scalars(query.order_by(AuditEntry.sequence))]


def told(service: Service, account_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Kind and payload of the messages owed to the owner, oldest first."""
    query = select(OwedMessage.kind, OwedMessage.payload).where(OwedMessage.account_id == account_id)
    with service.work(write=False) as work:
        rows = work.session.execute(query.order_by(OwedMessage.position)).all()
    return [(str(kind), json.loads(payload)) for kind, payload in rows]


def kinds_told(service: Service, account_id: str) -> list[str]:
    return [kind for kind, _ in told(service, account_id)]
