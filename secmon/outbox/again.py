"""Beginning again with deliveries that were made or given up, without overtaking who is under way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from secmon.database.work import Work
from secmon.outbox.bookkeeping import is_postgresql
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import Delivery
from secmon.outbox.spreading import ADVISORY_LOCK


def between_spreads(work: Work) -> None:
    """Until the transaction ends no lane comes into being: none is made out, no other one begins again."""
    if is_postgresql(work):
        work.session.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def begin_again(work: Work, receiver: str, deliveries: Sequence[Delivery]) -> None:
    """All attempts are ahead of them once more. `between_spreads` was called in this transaction.

    Due now; in a lane that a worker holds, when its lease ends. They may stand before what it is sending,
    and a lane whose first delivery is due is anybody's, with all that stands behind.
    """
    accounts = {delivery.account_id for delivery in deliveries}
    held = _held(work, receiver, accounts)
    for delivery in deliveries:
        delivery.state, delivery.attempts = DeliveryState.PENDING, 0
        delivery.due_at, delivery.lease_id = held.get(delivery.account_id, work.now), None
    work.session.flush()
    _bring_forward(work, receiver, accounts - held.keys(), work.now)
    for account_id, until in held.items():
        _bring_forward(work, receiver, {account_id}, until)


def _held(work: Work, receiver: str, accounts: Collection[str]) -> dict[str, datetime]:
    """Those of the lanes that workers hold, and until when."""
    head, first = aliased(Delivery), aliased(Delivery)
    first_position = (
        select(first.position)
        .where(
            first.account_id == head.account_id,
            first.receiver == receiver,
            first.state == DeliveryState.PENDING,
        )
        .order_by(first.position)
        .limit(1)
        .scalar_subquery()
    )
    # A claim begins with a lane's head, and what it held is settled at once: whoever waited here for one
    # or the other reads below what became of it.
    work.session.execute(
        select(head.message_id)
        .where(
            head.account_id.in_(accounts),
            head.receiver == receiver,
            head.state == DeliveryState.PENDING,
            head.position == first_position,
        )
        .order_by(head.account_id)
        .with_for_update()
    ).all()
    rows = work.session.execute(
        select(Delivery.account_id, func.max(Delivery.due_at))
        .where(
            Delivery.account_id.in_(accounts),
            Delivery.receiver == receiver,
            Delivery.state == DeliveryState.PENDING,
            Delivery.lease_id.is_not(None),
            Delivery.due_at > work.now,
        )
        .group_by(Delivery.account_id)
    )
    return {account_id: until for account_id, until in rows if until is not None}


def _bring_forward(work: Work, receiver: str, accounts: Collection[str], due_at: datetime) -> None:
    # What stands behind them waited for them, maybe for hours.
    work.session.execute(
        update(Delivery)
        .where(
            Delivery.account_id.in_(accounts),
            Delivery.receiver == receiver,
            Delivery.state == DeliveryState.PENDING,
            Delivery.lease_id.is_(None),
        )
        .values(due_at=due_at)
        .execution_options(synchronize_session=False)
    )
