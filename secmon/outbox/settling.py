"""Writing down what became of the deliveries of a lease: many successes in one statement."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, update

from secmon.database.work import Work
from secmon.outbox.claiming import Lease
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import BEHIND, Delivery
from secmon.outbox.schedule import next_delay
from secmon.outbox.sending import Claimed, Outcome, Verdict

LONGEST_ERROR = 200
_CHANCE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Settled:
    """One attempt that was made, and what became of it."""

    delivery: Claimed
    outcome: Outcome


def settle(work: Work, lease: Lease, attempts: Sequence[Settled]) -> None:
    """Marks what was tried. A failure only counts while the lease is ours: another worker may be trying."""
    delivered: dict[int | None, list[uuid.UUID]] = defaultdict(list)
    for attempt in attempts:
        match attempt.outcome.verdict:
            case Verdict.DELIVERED:
                delivered[attempt.outcome.status].append(attempt.delivery.message_id)
            case Verdict.DROPPED:
                _drop(work, lease, attempt.delivery)
            case Verdict.PUT_OFF:
                _put_off(work, lease, attempt)
            case Verdict.FAILED | Verdict.REFUSED | Verdict.GONE:
                _settle_failure(work, lease, attempt)
    for status, message_ids in delivered.items():
        _update(
            work,
            lease,
            message_ids,
            state=DeliveryState.DELIVERED,
            attempts=Delivery.attempts + 1,
            due_at=None,
            lease_id=None,
            last_status=status,
            last_error=None,
            last_attempt_at=work.now,
        )


def release(work: Work, lease: Lease, untried: Iterable[Claimed]) -> None:
    """Gives back what the round had no time for, or what stands behind a failure of its lane."""
    message_ids = [delivery.message_id for delivery in untried]
    if message_ids:
        ours = Delivery.lease_id == lease.lease_id
        _update(work, lease, message_ids, ours, due_at=work.now, lease_id=None)


def _drop(work: Work, lease: Lease, delivery: Claimed) -> None:
    work.session.execute(
        delete(Delivery)
        .where(
            Delivery.receiver == lease.receiver,
            Delivery.message_id == delivery.message_id,
            Delivery.lease_id == lease.lease_id,
        )
        .execution_options(synchronize_session=False)
    )


def _put_off(work: Work, lease: Lease, attempt: Settled) -> None:
    position = attempt.delivery.position
    _update(
        work,
        lease,
        [attempt.delivery.message_id],
        Delivery.lease_id == lease.lease_id,
        position=position if position > BEHIND else position + BEHIND,
        due_at=work.now + (attempt.outcome.retry_after or timedelta(0)),
        lease_id=None,
    )


def _settle_failure(work: Work, lease: Lease, attempt: Settled) -> None:
    delivery, outcome = attempt.delivery, attempt.outcome
    attempts = delivery.attempts + 1
    changes: dict[str, Any] = {
        "attempts": attempts,
        "lease_id": None,
        "last_status": outcome.status,
        "last_error": (outcome.error or "")[:LONGEST_ERROR] or None,
        "last_attempt_at": work.now,
        "due_at": work.now,
    }
    wait = next_delay(attempts, outcome.retry_after, _CHANCE.random())
    if outcome.verdict is Verdict.REFUSED or (outcome.verdict is Verdict.FAILED and wait is None):
        changes |= {"state": DeliveryState.DEAD, "due_at": None}
    elif outcome.verdict is Verdict.FAILED and wait is not None:
        changes["due_at"] = work.now + wait
    ours = Delivery.lease_id == lease.lease_id
    if _update(work, lease, [delivery.message_id], ours, **changes):
        _make_wait(work, lease.receiver, delivery, changes["due_at"] or work.now)


def _make_wait(work: Work, receiver: str, head: Claimed, until: datetime) -> None:
    # Those behind could not be claimed before their head anyway; due with it, they are not looked at.
    work.session.execute(
        update(Delivery)
        .where(
            Delivery.account_id == head.account_id,
            Delivery.receiver == receiver,
            Delivery.state == DeliveryState.PENDING,
            Delivery.position > head.position,
        )
        .values(due_at=until, lease_id=None)
        .execution_options(synchronize_session=False)
    )


def _update(
    work: Work, lease: Lease, message_ids: Sequence[uuid.UUID], *where: ColumnElement[bool], **values: Any
) -> int:
    statement = (
        update(Delivery)
        .where(
            Delivery.receiver == lease.receiver,
            Delivery.message_id.in_(message_ids),
            *where,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", work.session.execute(statement)).rowcount
