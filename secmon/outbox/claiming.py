"""Taking deliveries under a lease: any number of workers, each delivery with one of them at a time.

A *lane* is what one account owes one receiver. Its order is kept: only a lane's first pending delivery
can be claimed, and the deliveries right behind it come along under the same lease. A worker that dies
leaves a lease that ends; nothing has to clean up after it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import CTE, Select, Subquery, select, text, true, update
from sqlalchemy.orm import aliased

from secmon.core.ids import new_id
from secmon.database.work import Work
from secmon.outbox.bookkeeping import commit_without_waiting, is_postgresql
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import Delivery, OwedMessage
from secmon.outbox.schedule import LONGEST_WAIT
from secmon.outbox.sending import Claimed

# Longer than a round may take (`outbox.rounds`), so that nobody is sent what is being sent.
LEASE = timedelta(seconds=90)
MOST_LANES = 256
MOST_DELIVERIES = 512
LANE_DEPTH = 32

Lane = tuple[Claimed, ...]


@dataclass(frozen=True, slots=True)
class Lease:
    """What one claim took. `until` is part of the key by which the rows are found again."""

    lease_id: uuid.UUID
    receiver: str
    until: datetime
    lanes: tuple[Lane, ...]


def claim(work: Work, receiver: str) -> Lease:
    """Up to `MOST_DELIVERIES` of what is due to `receiver`, oldest first, lanes from their heads on."""
    commit_without_waiting(work)
    if is_postgresql(work):
        # A backlog is read in its index's order, whatever is guessed of it: never sorted, never compiled for.
        work.session.execute(
            text("SELECT set_config('enable_sort', 'off', true), set_config('jit', 'off', true)")
        )
    _rescue(work, receiver)
    lease_id, until = new_id(work.now), work.now + LEASE
    picked = _pick(work, receiver)
    work.session.execute(
        update(Delivery)
        .where(
            Delivery.receiver == receiver,
            Delivery.account_id == picked.c.account_id,
            Delivery.message_id == picked.c.message_id,
        )
        .values(lease_id=lease_id, due_at=until)
        .execution_options(synchronize_session=False)
    )
    return Lease(lease_id, receiver, until, _lanes(work, receiver, lease_id, until))


def _rescue(work: Work, receiver: str) -> None:
    # Nothing sets a time that far ahead; a clock that did was wrong.
    work.session.execute(
        update(Delivery)
        .where(Delivery.receiver == receiver, Delivery.due_at > work.now + LONGEST_WAIT)
        .values(due_at=work.now, lease_id=None)
        .execution_options(synchronize_session=False)
    )


def _pick(work: Work, receiver: str) -> CTE:
    # In CTEs, because PostgreSQL may run a subquery more than once, and then lock more than its LIMIT.
    head = _heads(receiver, work.now).cte("heads")
    lane = _lanes_of_postgresql(head, receiver) if is_postgresql(work) else _lanes_of_sqlite(head, receiver)
    return (
        select(lane.c.account_id, lane.c.message_id)
        .select_from(lane)
        .order_by(lane.c.depth, lane.c.account_id)
        .limit(MOST_DELIVERIES)
        .cte("picked")
    )


def _heads(receiver: str, now: datetime) -> Select[str, int]:
    head, first = aliased(Delivery), aliased(Delivery)
    # A scalar subquery, for an anti-join is planned by guesses at how much is pending, and those are bad.
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
    return (
        select(head.account_id, head.position)
        .where(head.receiver == receiver, head.due_at <= now, head.position == first_position)
        .order_by(head.due_at)
        .limit(MOST_LANES)
        .with_for_update(skip_locked=True)
    )


def _lanes_of_postgresql(head: CTE, receiver: str) -> Subquery:
    # LATERAL with a LIMIT looks into the index once a lane, whatever the planner believes.
    lane = (
        select(Delivery.account_id, Delivery.message_id, (Delivery.position - head.c.position).label("depth"))
        .where(
            Delivery.account_id == head.c.account_id,
            Delivery.receiver == receiver,
            Delivery.state == DeliveryState.PENDING,
        )
        .order_by(Delivery.position)
        .limit(LANE_DEPTH)
        .lateral("lane")
    )
    return select(lane).select_from(head.join(lane, true())).subquery("lanes")


def _lanes_of_sqlite(head: CTE, receiver: str) -> Subquery:
    lane = aliased(Delivery)
    depth = (lane.position - head.c.position).label("depth")
    return (
        select(lane.account_id, lane.message_id, depth)
        .join_from(head, lane, lane.account_id == head.c.account_id)
        .where(
            lane.receiver == receiver,
            lane.state == DeliveryState.PENDING,
            lane.position >= head.c.position,
            lane.position < head.c.position + LANE_DEPTH,
        )
        .subquery("lanes")
    )


def _lanes(work: Work, receiver: str, lease_id: uuid.UUID, until: datetime) -> tuple[Lane, ...]:
    rows = work.session.execute(
        select(
            Delivery.account_id,
            Delivery.message_id,
            Delivery.position,
            Delivery.attempts,
            OwedMessage.kind,
            OwedMessage.payload,
            OwedMessage.former_email,
            OwedMessage.owed_at,
        )
        .join(
            OwedMessage,
            (OwedMessage.account_id == Delivery.account_id) & (OwedMessage.message_id == Delivery.message_id),
        )
        .where(
            Delivery.receiver == receiver,
            Delivery.due_at == until,
            Delivery.lease_id == lease_id,
        )
    )
    # In order here, not there: without sorting, the planner finds an order by reading all that is pending.
    claimed = sorted(
        (Claimed(*row) for row in rows), key=lambda each: (each.account_id, each.position, each.message_id)
    )
    return tuple(tuple(lane) for _, lane in groupby(claimed, lambda delivery: delivery.account_id))
