"""What an account's wallet and owner were told since somebody last looked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from secmon.outbox.models import OwedMessage
from tests.service import Service

# What a message is about, and its payload.
Message = tuple[str, dict[str, Any]]


@dataclass
class Told:
    """Looks into the outbox of one account."""

    service: Service
    account_id: str
    seen: int = 0

    def news(self) -> list[Message]:
        """The messages since the last call, in their order."""
        query = select(OwedMessage.position, OwedMessage.kind, OwedMessage.payload).where(
            OwedMessage.account_id == self.account_id, OwedMessage.position > self.seen
        )
        with self.service.work(write=False) as work:
            rows = work.session.execute(query.order_by(OwedMessage.position)).all()
        self.seen = rows[-1].position if rows else self.seen
        return [(row.kind, json.loads(row.payload)) for row in rows]
