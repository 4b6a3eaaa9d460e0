"""Making out one delivery a receiver for every message owed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from secmon.database.rows import Storing
from secmon.database.work import Work
from secmon.outbox.bookkeeping import commit_without_waiting, is_postgresql
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import BEHIND, Delivery, OwedMessage

BATCH = 500
# Any constant will do; one process at a time makes out deliveries, so that an account's come in order.
ADVISORY_LOCK = 7_365_636_006
_STORE = Storing(
    Delivery, ("account_id", "message_id", "receiver", "position", "state", "attempts", "due_at")
)


@dataclass(frozen=True, slots=True)
class Unspread:
    """A message that has no deliveries yet."""

    account_id: str
    message_id: uuid.UUID
    position: int
    kind: str
    owed_at: datetime
    payload: str
    tells_former_email: bool


# Who is to be told what: pairs of a message and a receiver.
Addressing = Callable[[Work, Sequence[Unspread]], Iterable[tuple[Unspread, str]]]


def spread(work: Work, addressing: Addressing) -> int:
    """Makes out the deliveries of up to `BATCH` messages; answers how many messages that were."""
    if not _alone(work):
        return 0
    commit_without_waiting(work)
    messages = _taken(work)
    if not messages:
        return 0
    deliveries = list(addressing(work, messages))
    waiting = _waiting(work, {message.account_id for message, _ in deliveries})
    work.defer(
        *(
            _STORE(
                account_id_=message.account_id,
                message_id_=message.message_id,
                receiver_=receiver,
                position_=message.position,
                state_=DeliveryState.PENDING.value,
                attempts_=0,
                due_at_=waiting.get((message.account_id, receiver), work.now),
            )
            for message, receiver in deliveries
        )
    )
    return len(messages)


def _alone(work: Work) -> bool:
    if not is_postgresql(work):
        return True  # SQLite has one writer at a time.
    return bool(work.session.scalar(select(func.pg_try_advisory_xact_lock(ADVISORY_LOCK))))


def _taken(work: Work) -> list[Unspread]:
    # By account and position, and not by time: an account's messages never overtake each other.
    first = (
        select(OwedMessage.account_id, OwedMessage.message_id)
        .where(OwedMessage.spread_at.is_(None))
        .order_by(OwedMessage.account_id, OwedMessage.position)
        .limit(BATCH)
        .cte("first")
    )
    rows = work.session.execute(
        update(OwedMessage)
        .where(OwedMessage.account_id == first.c.account_id, OwedMessage.message_id == first.c.message_id)
        .values(spread_at=work.now)
        .returning(
            OwedMessage.account_id,
            OwedMessage.message_id,
            OwedMessage.position,
            OwedMessage.kind,
            OwedMessage.owed_at,
            OwedMessage.payload,
            # Not whether it is there: SQLite 3.40 takes any column of RETURNING for NOT NULL.
            OwedMessage.former_email,
        )
        .execution_options(synchronize_session=False)
    )
    return [Unspread(*row[:-1], tells_former_email=row[-1] is not None) for row in rows]


def _waiting(work: Work, accounts: set[str]) -> dict[tuple[str, str], datetime]:
    # What stands behind a delivery that waits for its next try is not due before it: a receiver that is
    # down for hours leaves nothing for every claim to look at in vain.
    rows = work.session.execute(
        select(Delivery.account_id, Delivery.receiver, func.max(Delivery.due_at))
        .where(
            Delivery.account_id.in_(accounts),
            Delivery.state == DeliveryState.PENDING,
            Delivery.lease_id.is_(None),
            # What was put off stands behind, and waits for its own hour.
            Delivery.position < BEHIND,
        )
        .group_by(Delivery.account_id, Delivery.receiver)
    )
    return {
        (account_id, receiver): max(due_at or work.now, work.now) for account_id, receiver, due_at in rows
    }
