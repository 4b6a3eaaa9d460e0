"""Writers of one SQLite file, in any number of processes, take turns: who waited longest is next.

SQLite's own busy handler does it the other way round. It sleeps longer the longer it has waited, up to
0.1 s (sqliteDefaultBusyCallback in its main.c), so under load newcomers overtake until the timeout of
whoever came first is over, and a request is refused that had only to wait.

Within a process writers queue, and only the first of them looks whether the file is free: all looking
at once would take the time of the one that writes. Between processes the first of each look, and the
longer one has waited, the more often it does.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any

from sqlalchemy import Connection

# Many times what a queue of large batches takes; who waits longer waits for somebody who hangs.
TURN_WITHIN_S = 30.0
# A newcomer looks every 10 ms, whoever has waited a second every 2 ms, ten seconds every 0.25 ms.
NEWCOMERS_LOOK_EVERY_S = 0.01
TWICE_AS_OFTEN_EVERY_S = 0.25


class Turns:
    """The writers of this process that wait for the file, in the order in which they came."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._queue: deque[Event] = deque()

    @property
    def waiting(self) -> int:
        """How many are in the queue."""
        return len(self._queue)

    def begin_writing(self, connection: Connection, own_timeout_ms: int) -> None:
        """Begins the write transaction as soon as no other writer is at it.

        `own_timeout_ms` is SQLite's busy timeout for all other waits. Raises what SQLAlchemy makes of
        SQLITE_BUSY after `TURN_WITHIN_S`.
        """
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA busy_timeout=0")
        since = time.monotonic()
        try:
            with self._first_in_line(TURN_WITHIN_S):
                begun = _begun(driver, since)
            if not begun:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            driver.execute(f"PRAGMA busy_timeout={own_timeout_ms}")

    @contextmanager
    def _first_in_line(self, within_s: float) -> Iterator[None]:
        """Waits until those who came before have begun; after `within_s` no longer."""
        mine = Event()
        with self._guard:
            self._queue.append(mine)
            self._queue[0].set()
        try:
            mine.wait(within_s)
            yield
        finally:
            with self._guard:
                self._queue.remove(mine)
                if self._queue:
                    self._queue[0].set()


def _begun(driver: Any, since: float) -> bool:
    """False where no turn came, or the database refuses for another reason."""
    while True:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            waited = time.monotonic() - since
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or waited > TURN_WITHIN_S:
                return False
            time.sleep(NEWCOMERS_LOOK_EVERY_S / (1 + waited / TWICE_AS_OFTEN_EVERY_S))
        else:
            return True
