"""What an account was owed, newest first: for whoever tells its history."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_

from secmon.database.work import Work
from secmon.outbox.models import Delivery, OwedMessage


@dataclass(frozen=True, slots=True)
class Owed:
    """A message, and how it fares: the state of its delivery by receiver. `position` orders by cause."""

    message_id: uuid.UUID
    position: int
    kind: str
    owed_at: datetime
    deliveries: dict[str, str]


def of_account(work: Work, account_id: str, before: tuple[datetime, int] | None, limit: int) -> list[Owed]:
    """The account's `limit` newest messages before the key `before` (time, position)."""
    key = (OwedMessage.owed_at, OwedMessage.position)
    query = select(OwedMessage.message_id, OwedMessage.position, OwedMessage.kind, OwedMessage.owed_at).where(
        OwedMessage.account_id == account_id
    )
    if before is not None:
        query = query.where(tuple_(*key) < before)
    rows = work.session.execute(query.order_by(*(column.desc() for column in key)).limit(limit)).all()
    states = _states(work, account_id, [row.message_id for row in rows])
    return [Owed(*row, states.get(row.message_id, {})) for row in rows]


def payloads(work: Work, account_id: str, kind: str, since: datetime) -> list[dict[str, Any]]:
    """What the account was told with messages of that kind after `since`."""
    query = select(OwedMessage.payload).where(
        OwedMessage.account_id == account_id, OwedMessage.kind == kind, OwedMessage.owed_at > since
    )
    return [json.loads(payload) for payload in work.session.scalars(query)]


def erase(work: Work, account_id: str) -> None:
    """Deletes the account's messages, sent or not, and their deliveries with them."""
    work.session.execute(delete(OwedMessage).where(OwedMessage.account_id == account_id))


def _states(work: Work, account_id: str, messages: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    query = select(Delivery.message_id, Delivery.receiver, Delivery.state).where(
        Delivery.account_id == account_id, Delivery.message_id.in_(messages)
    )
    found: dict[uuid.UUID, dict[str, str]] = {}
    for message_id, receiver, state in work.session.execute(query):
        found.setdefault(message_id, {})[receiver] = state
    return found
