"""One round for one receiver: claim, send in several threads, write down what became of it."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import psycopg
import structlog
from sqlalchemy import ColumnElement, CursorResult, delete, update
from sqlalchemy.exc import SQLAlchemyError

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.outbox.bookkeeping import commit_without_waiting
from secmon.outbox.claiming import Lane, Lease, claim
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import BEHIND, Delivery
from secmon.outbox.schedule import next_delay
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict, Claimed, Courier

# Well within a lease, the last attempt and its answer included.
ROUND_SECONDS = 30.0
# A worker killed in between sends at most this many again, and those under way.
SETTLE_AT = 64
# What a database that is away for a moment costs is a wait, and not a round that is sent twice. What is
# not written down so long after the claim, while the lease lasts, is given up.
WRITE_AGAIN_SECONDS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
WRITTEN_BY_SECONDS = 80.0

# After these the lane's next delivery has its turn.
GOES_ON = frozenset({AttemptVerdict.DELIVERED, AttemptVerdict.DROPPED, AttemptVerdict.PUT_OFF})

log = structlog.get_logger(__name__)
LONGEST_ERROR = 200
_CHANCE = random.SystemRandom()


@dataclass(slots=True)
class _Limit:
    """When a round stops to begin attempts: time is up, the worker stops, the receiver is gone, or what
    became of earlier ones could not be written down."""

    stopping: threading.Event
    began: float = field(default_factory=time.monotonic)
    gone: bool = False
    unwritten: bool = False

    def reached(self) -> bool:
        return self.gone or self.unwritten or self.stopping.is_set() or self.lasted() > ROUND_SECONDS

    def lasted(self) -> float:
        """Seconds since the claim."""
        return time.monotonic() - self.began


@dataclass(slots=True)
class _LaneRun:
    """One lane on its way: in order, up to the first failure."""

    lane: Lane
    tried: list[SettledAttempt] = field(default_factory=list)

    def send(self, courier: Courier, now: datetime, limit: _Limit) -> None:
        for delivery in self.lane:
            if limit.reached():
                return
            outcome = courier.send(delivery, now)
            self.tried.append(SettledAttempt(delivery, outcome))
            if outcome.verdict not in GOES_ON:
                limit.gone = limit.gone or outcome.verdict is AttemptVerdict.GONE
                return

    def fail(self, error: BaseException) -> None:
        """Our own mistake with one message must hold up no other lane: it is a failed attempt."""
        log.error("sending_failed", exc_info=error)
        failed = AttemptOutcome(AttemptVerdict.FAILED, error=f"internal error: {type(error).__name__}")
        self.tried.append(SettledAttempt(self.lane[len(self.tried)], failed))

    def untried(self) -> tuple[Claimed, ...]:
        stopped_by_failure = self.tried and self.tried[-1].outcome.verdict not in GOES_ON
        # What stands behind a failure was given its due time with it.
        return () if stopped_by_failure else self.lane[len(self.tried) :]


def run_round(
    database: Database, receiver: str, courier: Courier, senders: Executor, stopping: threading.Event
) -> int:
    """Sends what is due to `receiver`; answers how many attempts were made."""
    limit = _Limit(stopping)
    with database.work(SYSTEM) as work:
        lease, now = claim(work, receiver), work.now
    runs: dict[Future[None], _LaneRun] = {}
    for lane in lease.lanes:
        run = _LaneRun(lane)
        runs[senders.submit(run.send, courier, now, limit)] = run
    attempts, ended = 0, list[_LaneRun]()
    for future in as_completed(runs):
        run = runs[future]
        error = future.exception()
        if error is not None:
            run.fail(error)
        ended.append(run)
        if sum(len(run.tried) for run in ended) >= SETTLE_AT:
            attempts += _write_down_in_time(database, lease, courier, ended, limit)
            ended = []
    return attempts + _write_down_in_time(database, lease, courier, ended, limit)


def _write_down_in_time(
    database: Database, lease: Lease, courier: Courier, runs: Sequence[_LaneRun], limit: _Limit
) -> int:
    """As `_write_down`, again and again while the lease lasts; after a failure nothing new is begun."""
    for wait in WRITE_AGAIN_SECONDS:
        try:
            return _write_down(database, lease, courier, runs)
        except (SQLAlchemyError, psycopg.Error) as error:
            limit.unwritten = True
            if limit.lasted() + wait > WRITTEN_BY_SECONDS:
                raise
            log.warning("attempts_not_written_down", receiver=lease.receiver, kind=type(error).__name__)
        time.sleep(wait)
    return _write_down(database, lease, courier, runs)


def _write_down(database: Database, lease: Lease, courier: Courier, runs: Sequence[_LaneRun]) -> int:
    tried = [attempt for run in runs for attempt in run.tried]
    untried = [delivery for run in runs for delivery in run.untried()]
    if not tried and not untried:
        return 0
    with database.work(SYSTEM) as work:
        commit_without_waiting(work)
        settle(work, lease, tried)
        release(work, lease, untried)
        if any(attempt.outcome.verdict is AttemptVerdict.GONE for attempt in tried):
            courier.switch_off(work)
    return len(tried)


@dataclass(frozen=True, slots=True)
class SettledAttempt:
    """One attempt that was made, and what became of it."""

    delivery: Claimed
    outcome: AttemptOutcome


def settle(work: Work, lease: Lease, attempts: Sequence[SettledAttempt]) -> None:
    """Marks what was tried. A failure only counts while the lease is ours: another worker may be trying."""
    delivered: dict[int | None, list[uuid.UUID]] = defaultdict(list)
    for attempt in attempts:
        match attempt.outcome.verdict:
            case AttemptVerdict.DELIVERED:
                delivered[attempt.outcome.status].append(attempt.delivery.message_id)
            case AttemptVerdict.DROPPED:
                _drop(work, lease, attempt.delivery)
            case AttemptVerdict.PUT_OFF:
                _put_off(work, lease, attempt)
            case AttemptVerdict.FAILED | AttemptVerdict.REFUSED | AttemptVerdict.GONE:
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


def _put_off(work: Work, lease: Lease, attempt: SettledAttempt) -> None:
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


def _settle_failure(work: Work, lease: Lease, attempt: SettledAttempt) -> None:
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
    if outcome.verdict is AttemptVerdict.REFUSED or (
        outcome.verdict is AttemptVerdict.FAILED and wait is None
    ):
        changes |= {"state": DeliveryState.DEAD, "due_at": None}
    elif outcome.verdict is AttemptVerdict.FAILED and wait is not None:
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
