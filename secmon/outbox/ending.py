"""What is owed to a receiver that is gone is owed no more: else it would wait, and be kept, for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, literal_column, select

from secmon.database.work import Work
from secmon.outbox import deliveries
from secmon.outbox.models import Delivery
from secmon.outbox.schedule import DELAYS
from secmon.outbox.sending import EMAIL, FORMER_EMAIL

BATCH = 1_000
# What nobody takes now waits as long as it would be tried: for an endpoint that answered 410, and for a mail
# server, which this worker alone may not have been told of.
WAITS = sum(DELAYS, timedelta(0))

# The receivers that there are, switched on or off, mail apart; True: only what is younger than `WAITS`.
Receivers = Callable[[Work], Mapping[str, bool]]


def end(work: Work, receivers: Receivers, *, sends_mail: bool) -> int:
    """Deletes up to `BATCH` deliveries of each receiver that is gone; answers how many that were."""
    # In this order: whoever was owed something then, and is not there now, is gone.
    owed = {backlog.receiver for backlog in deliveries.backlogs(work)}
    known = {EMAIL: not sends_mail, FORMER_EMAIL: not sends_mail, **receivers(work)}
    gone = owed - known.keys()
    ended = sum(_delete(work, receiver, Delivery.due_at.is_not(None)) for receiver in gone)
    ended += sum(_delete(work, receiver, Delivery.state == literal_column("'dead'")) for receiver in gone)
    late = Delivery.due_at < work.now - WAITS
    return ended + sum(_delete(work, receiver, late) for receiver in owed if known.get(receiver))


def _delete(work: Work, receiver: str, which: ColumnElement[bool]) -> int:
    chosen = select(Delivery.message_id).where(Delivery.receiver == receiver, which).limit(BATCH)
    found = work.session.scalars(chosen.with_for_update(skip_locked=True)).all()
    work.session.execute(
        delete(Delivery)
        .where(Delivery.receiver == receiver, Delivery.message_id.in_(found))
        .execution_options(synchronize_session=False)
    )
    return len(found)
