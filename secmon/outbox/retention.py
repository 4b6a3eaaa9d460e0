"""Forgetting messages that were sent, or given up, long ago."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select, tuple_

from secmon.core.work import Work
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import Delivery, OwedMessage

BATCH = 1_000


def purge(work: Work, owed_before: datetime) -> int:
    """Deletes up to `BATCH` messages older than that, with their deliveries; answers how many.

    What is still to be sent stays, however old.
    """
    unsent = exists().where(
        Delivery.account_id == OwedMessage.account_id,
        Delivery.message_id == OwedMessage.message_id,
        Delivery.state == DeliveryState.PENDING,
    )
    old = (
        select(OwedMessage.account_id, OwedMessage.message_id)
        .where(OwedMessage.owed_at < owed_before, OwedMessage.spread_at.is_not(None), ~unsent)
        .order_by(OwedMessage.owed_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    keys = [tuple(row) for row in work.session.execute(old)]
    if keys:
        key = tuple_(OwedMessage.account_id, OwedMessage.message_id)
        work.session.execute(delete(OwedMessage).where(key.in_(keys)))
    return len(keys)
