"""Looking at deliveries, and having them made again without overtaking who is under way."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, func, literal_column, select, update
from sqlalchemy.orm import aliased

from secmon.core.errors import NotFound
from secmon.core.pages import PageRequest, page
from secmon.database.pages import behind
from secmon.database.work import Work
from secmon.outbox.bookkeeping import is_postgresql
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import Delivery, OwedMessage
from secmon.outbox.spreading import ADVISORY_LOCK

# One statement's worth; bounded, so that it stays within a statement's time.
REDRIVE_BATCH = 1_000


class DeliveryUnknown(NotFound):
    """This receiver was never owed a message with this id, or it was purged since."""

    code = "delivery_unknown"
    title = "There is no such delivery"
    advice = "List the endpoint's deliveries, and take the delivery_id from there."


@dataclass(frozen=True, slots=True)
class ShownDelivery:
    """A delivery with what it is about."""

    delivery: Delivery
    kind: str
    owed_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a receiver is owed. `oldest_due_at` is None where nothing is due."""

    receiver: str
    pending: int
    dead: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnspreadBacklog:
    """How many messages wait for their deliveries to be made out, and since when the oldest does."""

    messages: int
    oldest_owed_at: datetime | None


def listed(
    work: Work, receiver: str, state: DeliveryState | None, wanted: PageRequest
) -> tuple[list[ShownDelivery], str | None]:
    """One page, newest message first, and the next cursor; the key is the message's id."""
    query = _shown().where(Delivery.receiver == receiver)
    if state is not None:
        query = query.where(Delivery.state == state)
    rows = [
        ShownDelivery(*row) for row in work.session.execute(behind(query, (Delivery.message_id,), wanted))
    ]
    return page(rows, wanted, lambda shown: (shown.delivery.message_id,))


def retry(work: Work, receiver: str, message_id: uuid.UUID) -> ShownDelivery:
    """Makes one delivery again, delivered or dead as it may be, or at once where it waits.

    The message keeps its id. What is being sent at this moment is left alone. Raises `DeliveryUnknown`.
    """
    between_spreads(work)
    query = _shown().where(Delivery.receiver == receiver, Delivery.message_id == message_id)
    found = work.session.execute(query.with_for_update(of=Delivery)).one_or_none()
    if found is None:
        raise DeliveryUnknown
    shown = ShownDelivery(*found)
    delivery = shown.delivery
    under_way = delivery.lease_id and delivery.due_at and delivery.due_at > work.now
    if not under_way:
        begin_again(work, receiver, [delivery])
    return shown


def redrive(work: Work, receiver: str) -> int:
    """Begins again with up to `REDRIVE_BATCH` dead deliveries, oldest first; answers how many."""
    between_spreads(work)
    query = (
        select(Delivery)
        .where(Delivery.receiver == receiver, Delivery.state == DeliveryState.DEAD)
        .order_by(Delivery.message_id)
        .limit(REDRIVE_BATCH)
        .with_for_update(skip_locked=True)
    )
    dead = work.session.scalars(query).all()
    begin_again(work, receiver, dead)
    return len(dead)


def backlogs(work: Work) -> list[Backlog]:
    """What each receiver is still owed, and what was given up; each read from an index that holds no more."""
    due = func.min(Delivery.due_at).filter(Delivery.due_at <= work.now)
    pending = work.session.execute(
        select(Delivery.receiver, func.count(), due)
        .where(Delivery.due_at.is_not(None))
        .group_by(Delivery.receiver)
    )
    dead = work.session.execute(
        select(Delivery.receiver, func.count())
        .where(Delivery.state == literal_column("'dead'"))
        .group_by(Delivery.receiver)
    )
    found = {receiver: Backlog(receiver, count, 0, oldest) for receiver, count, oldest in pending}
    for receiver, count in dead:
        found[receiver] = replace(found.get(receiver, Backlog(receiver, 0, 0, None)), dead=count)
    return [found[receiver] for receiver in sorted(found)]


def unspread(work: Work) -> UnspreadBacklog:
    """What no delivery was made out for yet."""
    row = work.session.execute(
        select(func.count(), func.min(OwedMessage.owed_at)).where(OwedMessage.spread_at.is_(None))
    )
    return UnspreadBacklog(*row.one())


def _shown() -> Select[Delivery, str, datetime]:
    return select(Delivery, OwedMessage.kind, OwedMessage.owed_at).join(
        OwedMessage,
        (OwedMessage.account_id == Delivery.account_id) & (OwedMessage.message_id == Delivery.message_id),
    )


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
