"""One round for one receiver: claim, send in several threads, write down what became of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.outbox.bookkeeping import commit_without_waiting
from secmon.outbox.claiming import Lane, Lease, claim
from secmon.outbox.sending import Claimed, Courier, Outcome, Verdict
from secmon.outbox.settling import Settled, release, settle

# Well within a lease, the last attempt and its answer included.
ROUND_SECONDS = 30.0
# A worker killed in between sends at most this many again, and those under way.
SETTLE_AT = 64
# What a database that is away for a moment costs is a wait, and not a round that is sent twice. What is
# not written down so long after the claim, while the lease lasts, is given up.
WRITE_AGAIN_SECONDS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
WRITTEN_BY_SECONDS = 80.0

# After these the lane's next delivery has its turn.
GOES_ON = frozenset({Verdict.DELIVERED, Verdict.DROPPED, Verdict.PUT_OFF})

log = structlog.get_logger(__name__)


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
    tried: list[Settled] = field(default_factory=list)

    def send(self, courier: Courier, now: datetime, limit: _Limit) -> None:
        for delivery in self.lane:
            if limit.reached():
                return
            outcome = courier.send(delivery, now)
            self.tried.append(Settled(delivery, outcome))
            if outcome.verdict not in GOES_ON:
                limit.gone = limit.gone or outcome.verdict is Verdict.GONE
                return

    def fail(self, error: BaseException) -> None:
        """Our own mistake with one message must hold up no other lane: it is a failed attempt."""
        log.error("sending_failed", exc_info=error)
        failed = Outcome(Verdict.FAILED, error=f"internal error: {type(error).__name__}")
        self.tried.append(Settled(self.lane[len(self.tried)], failed))

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
        if any(attempt.outcome.verdict is Verdict.GONE for attempt in tried):
            courier.switch_off(work)
    return len(tried)
