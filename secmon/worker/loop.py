"""The loop: each duty in a thread of its own, so that a slow one makes no other late."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.rooms.duty import Duty
from secmon.worker.records import Tally, write_down

# A duty that runs four times a second need not say so four times a second.
WRITE_DOWN_EVERY_SECONDS = 5.0
LONGEST_BACKOFF_SECONDS = 30.0

log = structlog.get_logger(__name__)


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
        with ThreadPoolExecutor(1, self._duty.name) as executor:
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
