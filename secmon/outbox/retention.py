"""Forgetting messages that were sent, or given up, long ago."""

from __future__ import annotations

from sqlalchemy import exists

from secmon.database.retention import Expired, Purged, delete_selected, oldest, purged
from secmon.database.work import Work
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import Delivery, OwedMessage

BATCH = 1_000


def purge(work: Work, expired: Expired) -> Purged:
    """Deletes the oldest messages, with their deliveries. What is still to be sent stays, however old."""
    unsent = exists().where(
        Delivery.account_id == OwedMessage.account_id,
        Delivery.message_id == OwedMessage.message_id,
        Delivery.state == DeliveryState.PENDING,
    )
    chosen = oldest(OwedMessage, OwedMessage.owed_at, expired, BATCH)
    done = chosen.where(OwedMessage.spread_at.is_not(None), ~unsent)
    return purged(delete_selected(work, OwedMessage, done))
