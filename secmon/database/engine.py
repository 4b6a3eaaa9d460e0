"""The engine, set up alike for PostgreSQL and SQLite, and the transaction that everything runs in."""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import Event, Lock
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

from secmon.core.actor import Actor
from secmon.core.clock import Clock, system_clock
from secmon.database.connecting import Connecting, Limits
from secmon.database.reading import Reader
from secmon.database.work import Check, Recorder, Work

STATEMENT_TIMEOUT_MS = 5_000
LOCK_TIMEOUT_MS = 3_000
CONNECT_TIMEOUT_S = 3
POOL_TIMEOUT_S = 2.0
# How much longer than a statement may take its answer is waited for.
SILENCE_S = 2.0


class PreparedRecorder(Recorder, Protocol):
    """A recorder that may have to ask the database for its key, or to store one, before it can vouch."""

    def prepare(self, database: Database) -> None:
        """Once a process, in a transaction of its own; raises where no database answers."""
        ...


class Database:
    """Hands out units of work on one engine and one clock; `recorder` vouches for what they record."""

    def __init__(
        self, engine: Engine, clock: Clock = system_clock, recorder: PreparedRecorder | None = None
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.recorder = recorder
        self._readers = engine.execution_options(**_reader_options(engine))
        self._snapshots = engine.execution_options(**_snapshot_options(engine))
        self._reader = Reader(engine) if engine.dialect.name == "postgresql" else None

    def work(
        self, actor: Actor, check: Check | None = None, *, write: bool = True
    ) -> AbstractContextManager[Work]:
        """A transaction that commits on return and rolls back on any raise.

        `write=False` promises to change nothing: PostgreSQL then needs no BEGIN and no COMMIT, and
        SQLite lets readers run beside the writer.
        """
        if write and self.recorder is not None:
            self.recorder.prepare(self)
        engine, reader = (self.engine, None) if write else (self._readers, self._reader)
        return self._work(engine, actor, check, reader)

    def snapshot(self, actor: Actor, check: Check | None = None) -> AbstractContextManager[Work]:
        """As `write=False`, but all reads see one instant, however many they are; nobody is held up."""
        return self._work(self._snapshots, actor, check, None)

    @contextmanager
    def _work(
        self, engine: Engine, actor: Actor, check: Check | None, reader: Reader | None
    ) -> Iterator[Work]:
        work = Work(engine, self.clock(), actor, check, reader, self.recorder)
        try:
            yield work
            work.commit()
        finally:
            work.close()

    def dispose(self) -> None:
        self.engine.dispose()


def _reader_options(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "AUTOCOMMIT"}
    return {"secmon_reader": True}


def _snapshot_options(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return _reader_options(engine)


def make_engine(url: str, *, pool_size: int = 8, statement_timeout_ms: int = STATEMENT_TIMEOUT_MS) -> Engine:
    """An engine for `url`; statement, lock and pool waits are bounded so that callers fail fast."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed)
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S},
    )
    answers_within_s = statement_timeout_ms / 1000 + SILENCE_S if statement_timeout_ms else None
    connect = Connecting(answers_within_s, Limits(statement_timeout_ms, LOCK_TIMEOUT_MS))
    event.listen(engine, "do_connect", lambda _dialect, _record, _args, parameters: connect(**parameters))
    return engine


def _sqlite_engine(url: URL) -> Engine:
    if url.database not in (None, "", ":memory:"):
        _make_private(Path(url.database))
    engine = create_engine(url, connect_args={"isolation_level": None})
    event.listen(engine, "connect", _prepare_sqlite)
    turns = Turns()
    event.listen(engine, "begin", lambda connection: _begin_sqlite(connection, turns))
    return engine


def _make_private(file: Path) -> None:
    """A new file is its owner's alone from its first byte on; its log and index take its mode over."""
    if not file.exists():
        with suppress(OSError):
            file.touch(mode=0o600)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # synchronous=FULL: an acknowledged event survives a power cut, as on PostgreSQL.
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        f"busy_timeout={LOCK_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection, turns: Turns) -> None:
    # A transaction that will write takes the lock at once: SQLite has no FOR UPDATE, and a reader
    # that turns writer in the middle fails without waiting.
    if connection.get_execution_options().get("secmon_reader", False):
        connection.exec_driver_sql("BEGIN")
    else:
        turns.begin_writing(connection, LOCK_TIMEOUT_MS)


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
