"""Looking at deliveries, and having them made again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, func, literal_column, select

from secmon.core.errors import NotFound
from secmon.core.pages import PageRequest, page
from secmon.database.work import Work
from secmon.outbox.again import begin_again, between_spreads
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import Delivery, OwedMessage

# One statement's worth; bounded, so that it stays within a statement's time.
REDRIVE_BATCH = 1_000


class DeliveryUnknown(NotFound):
    """This receiver was never owed a message with this id, or it was purged since."""

    code = "delivery_unknown"
    title = "There is no such delivery"
    advice = "List the endpoint's deliveries, and take the delivery_id from there."


@dataclass(frozen=True, slots=True)
class Shown:
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
class Unspread:
    """How many messages wait for their deliveries to be made out, and since when the oldest does."""

    messages: int
    oldest_owed_at: datetime | None


def listed(
    work: Work, receiver: str, state: DeliveryState | None, wanted: PageRequest
) -> tuple[list[Shown], str | None]:
    """One page, newest message first, and the next cursor; the key is the message's id."""
    query = _shown().where(Delivery.receiver == receiver).order_by(Delivery.message_id.desc())
    if state is not None:
        query = query.where(Delivery.state == state)
    if wanted.after is not None:
        query = query.where(Delivery.message_id < wanted.after[0])
    rows = [Shown(*row) for row in work.session.execute(query.limit(wanted.limit + 1))]
    return page(rows, wanted, lambda shown: (shown.delivery.message_id,))


def retry(work: Work, receiver: str, message_id: uuid.UUID) -> Shown:
    """Makes one delivery again, delivered or dead as it may be, or at once where it waits.

    The message keeps its id. What is being sent at this moment is left alone. Raises `DeliveryUnknown`.
    """
    between_spreads(work)
    query = _shown().where(Delivery.receiver == receiver, Delivery.message_id == message_id)
    found = work.session.execute(query.with_for_update(of=Delivery)).one_or_none()
    if found is None:
        raise DeliveryUnknown
    shown = Shown(*found)
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


def unspread(work: Work) -> Unspread:
    """What no delivery was made out for yet."""
    row = work.session.execute(
        select(func.count(), func.min(OwedMessage.owed_at)).where(OwedMessage.spread_at.is_(None))
    )
    return Unspread(*row.one())


def _shown() -> Select[Delivery, str, datetime]:
    return select(Delivery, OwedMessage.kind, OwedMessage.owed_at).join(
        OwedMessage,
        (OwedMessage.account_id == Delivery.account_id) & (OwedMessage.message_id == Delivery.message_id),
    )
