"""Running the duties, each in a thread of its own, so that a slow one makes no other late.

How they went is written where other processes can read it: `secmon worker status`, metrics.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from secmon.clients import service as clients
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.upsert import insert_for
from secmon.database.work import Work
from secmon.rooms.duty import Duty
from secmon.worker.models import DutyRecord

LONGEST_ERROR = 200
# A duty that runs four times a second need not say so four times a second.
WRITE_DOWN_EVERY_SECONDS = 5.0
# As `nice` counts, up to 19. On two cores, what is counted in one go made every hundredth login wait.
NICENESS = 10
LONGEST_BACKOFF_SECONDS = 30.0
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Tally:
    """What a duty did since it was last written down."""

    done: int = 0
    failures: int = 0
    succeeded: bool = False
    error: str | None = None

    def succeed(self, done: int) -> None:
        self.done += done
        self.succeeded, self.error = True, None

    def fail(self, error: BaseException) -> None:
        self.failures += 1
        self.error = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]


@dataclass(frozen=True, slots=True)
class DutyStatus:
    """One duty as it stands. `lag` is how much later than it should be the last success is."""

    name: str
    last_run_at: datetime | None
    last_success_at: datetime | None
    last_error: str | None
    done: int
    failures: int
    lag: timedelta


def write_down(work: Work, duty: Duty, tally: Tally) -> None:
    """Adds a tally to the duty's row; several workers add to one row."""
    insert = insert_for(work.dialect.name, DutyRecord).values(
        duty=duty.name,
        last_run_at=work.now,
        last_success_at=work.now if tally.succeeded else None,
        last_error=tally.error,
        done=tally.done,
        failures=tally.failures,
    )
    new = insert.excluded
    changes = {
        "last_run_at": new.last_run_at,
        "done": DutyRecord.done + new.done,
        "failures": DutyRecord.failures + new.failures,
    }
    if tally.succeeded:
        changes["last_success_at"] = new.last_success_at
    if tally.succeeded or tally.failures:
        changes["last_error"] = new.last_error
    work.session.execute(insert.on_conflict_do_update(index_elements=["duty"], set_=changes))


def statuses(work: Work, duties: Iterable[Duty]) -> list[DutyStatus]:
    """How each duty stands, by what all workers wrote down; one that never succeeded is as late as the
    installation is old."""
    installed_at = clients.installed_at(work)
    found = {record.duty: record for record in work.session.scalars(select(DutyRecord))}
    return [_status(duty, found.get(duty.name), installed_at, work.now) for duty in duties]


def _status(duty: Duty, record: DutyRecord | None, installed_at: datetime, now: datetime) -> DutyStatus:
    succeeded = None if record is None else record.last_success_at
    lag = max(timedelta(0), now - (succeeded or installed_at) - duty.every)
    if record is None:
        return DutyStatus(duty.name, None, None, None, 0, 0, lag)
    return DutyStatus(
        duty.name,
        record.last_run_at,
        succeeded,
        record.last_error,
        record.done,
        record.failures,
        lag,
    )


def work_until(stopping: threading.Event, database: Database, duties: Sequence[Duty]) -> None:
    """Runs all duties until `stopping` is set; then lets each finish what is under way."""
    loops = [threading.Thread(target=_Loop(database, duty, stopping).run, name=duty.name) for duty in duties]
    for loop in loops:
        loop.start()
    stopping.wait()
    for duty in duties:
        duty.stop()
    for loop in loops:
        loop.join()


def _give_way() -> None:
    """Lowers the priority of this thread. Linux alone has one for each; elsewhere it stays as it is."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


class _Loop:
    """One duty, again and again. A failure is told and tried again, later each time."""

    def __init__(self, database: Database, duty: Duty, stopping: threading.Event) -> None:
        self._database = database
        self._duty = duty
        self._stopping = stopping
        self._tally = Tally()
        self._written_at = 0.0
        self._backoff = 0.0

    def run(self) -> None:
        # In an executor, because a future tells any error without catching it here.
        give_way = _give_way if self._duty.gives_way else None
        with ThreadPoolExecutor(1, self._duty.name, initializer=give_way) as executor:
            while not self._stopping.is_set():
                self._stopping.wait(self._once(executor))
            self._write_down(executor)

    def _once(self, executor: ThreadPoolExecutor) -> float:
        """One run; answers how many seconds to wait for the next."""
        future = executor.submit(self._duty.run, self._database)
        error = future.exception()
        if error is not None:
            log.error("duty_failed", duty=self._duty.name, exc_info=error)
            self._tally.fail(error)
            self._write_down(executor)
            every = self._duty.every.total_seconds()
            self._backoff = min(max(2 * self._backoff, every, 1.0), LONGEST_BACKOFF_SECONDS)
            return self._backoff
        self._backoff = 0.0
        done = future.result()
        self._tally.succeed(done)
        if time.monotonic() - self._written_at > WRITE_DOWN_EVERY_SECONDS:
            self._write_down(executor)
        return 0.0 if done else self._duty.every.total_seconds()

    def _write_down(self, executor: ThreadPoolExecutor) -> None:
        tally, self._tally = self._tally, Tally()
        error = executor.submit(self._store, tally).exception()
        if error is None:
            self._written_at = time.monotonic()
            return
        # The database is away: what was counted is written down when it is back.
        log.warning("duty_not_written_down", duty=self._duty.name, error=str(error))
        self._tally.done += tally.done
        self._tally.failures += tally.failures

    def _store(self, tally: Tally) -> None:
        with self._database.work(SYSTEM) as work:
            write_down(work, self._duty, tally)
