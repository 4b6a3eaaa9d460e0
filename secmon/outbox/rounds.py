"""One round for one receiver: claim, send in several threads, write down what became of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from secmon.core.actor import SYSTEM
from secmon.core.database import Database
from secmon.outbox.bookkeeping import commit_without_waiting
from secmon.outbox.claiming import Lane, Lease, claim
from secmon.outbox.sending import Claimed, Courier, Outcome, Verdict
from secmon.outbox.settling import Settled, release, settle

# Well within a lease, the last attempt and its answer included.
ROUND_SECONDS = 30.0
# A worker killed in between sends at most this many again, and those under way.
SETTLE_AT = 64

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Limit:
    """When a round stops to begin attempts: time is up, the worker stops, or the receiver is gone."""

    stopping: threading.Event
    ends: float = field(default_factory=lambda: time.monotonic() + ROUND_SECONDS)
    gone: bool = False

    def reached(self) -> bool:
        return self.gone or self.stopping.is_set() or time.monotonic() > self.ends


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
            if outcome.verdict is not Verdict.DELIVERED:
                limit.gone = limit.gone or outcome.verdict is Verdict.GONE
                return

    def fail(self, error: BaseException) -> None:
        """Our own mistake with one message must hold up no other lane: it is a failed attempt."""
        log.error("sending_failed", exc_info=error)
        failed = Outcome(Verdict.FAILED, error=f"internal error: {type(error).__name__}")
        self.tried.append(Settled(self.lane[len(self.tried)], failed))

    def untried(self) -> tuple[Claimed, ...]:
        stopped_by_failure = self.tried and self.tried[-1].outcome.verdict is not Verdict.DELIVERED
        # What stands behind a failure was given its due time with it.
        return () if stopped_by_failure else self.lane[len(self.tried) :]


def run_round(
    database: Database, receiver: str, courier: Courier, senders: Executor, stopping: threading.Event
) -> int:
    """Sends what is due to `receiver`; answers how many attempts were made."""
    with database.work(SYSTEM) as work:
        lease, now = claim(work, receiver), work.now
    limit = _Limit(stopping)
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
            attempts += _write_down(database, lease, courier, ended)
            ended = []
    return attempts + _write_down(database, lease, courier, ended)


def _write_down(database: Database, lease: Lease, courier: Courier, runs: Iterable[_LaneRun]) -> int:
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
