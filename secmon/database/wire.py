"""Prepared statements through libpq itself: many in one round trip, with no cursor object for each.

A cursor of psycopg's costs more than PostgreSQL needs for a small statement, and a login sends a dozen. This
file does one thing: it sends statements that were compiled once, waits once, and reads their rows. What it
uses is psycopg's documented low-level module (https://www.psycopg.org/psycopg3/docs/api/pq.html), in the
pipeline mode of libpq (https://www.postgresql.org/docs/current/libpq-pipeline-mode.html). Connections, their
pool and everything else stay psycopg's and SQLAlchemy's.
"""

from __future__ import annotations

import re
import select
import time
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

from secmon.database.connecting import BoundedConnection
from secmon.database.wire_values import Load, kind_of, load_of, written

Row = tuple[Any, ...]

_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
_FAILED = {ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE}


def renamed(sql: str, suffix: str) -> str:
    """The same with other names for its placeholders, to stand beside another statement's."""
    return _PLACEHOLDER.sub(lambda found: found[0] if found[1] is None else f"%({found[1]}{suffix})s", sql)


class Command:
    """One statement as libpq takes it: made of psycopg's named placeholders, and of `constants` for some."""

    __slots__ = ("_named", "constants", "loads", "names", "returns_rows", "sql")

    def __init__(
        self, sql: str, constants: Mapping[str, Any] | None = None, *, returns_rows: bool = True
    ) -> None:
        numbers: dict[str, int] = {}

        def numbered(found: re.Match[str]) -> str:
            if found[1] is None:
                return "%"
            return f"${numbers.setdefault(found[1], len(numbers) + 1)}"

        self.sql = _PLACEHOLDER.sub(numbered, sql).encode()
        self.names = tuple(numbers)
        self.constants = dict(constants or {})
        self.returns_rows = returns_rows
        self._named: tuple[bytes, tuple[int, ...]] | None = None
        self.loads: tuple[Load, ...] | None = None

    def named(self, parameters: Mapping[str, Any]) -> tuple[bytes, tuple[int, ...]]:
        """Its name on every connection, and the types of its parameters as their first values have them.

        Named by what it is: behind a pooler another process may have prepared the very same.
        """
        if self._named is None:
            given = {**self.constants, **parameters}
            kinds = tuple(kind_of(given[name]) for name in self.names)
            digest = blake2b(self.sql + repr(kinds).encode(), digest_size=12).hexdigest()
            self._named = f"secmon_{digest}".encode(), kinds
        return self._named

    def values(self, parameters: Mapping[str, Any]) -> list[bytes | None]:
        """The parameters in the order of their numbers, as text. Raises KeyError for one that is missing."""
        constants = self.constants
        return [written(parameters[name] if name in parameters else constants[name]) for name in self.names]


# A command with its parameters.
Sent = tuple[Command, Mapping[str, Any]]
# The same as libpq takes it: its name, the types and the values of its parameters.
_Written = tuple[Command, bytes, tuple[int, ...], list[bytes | None]]

_NOTHING: Mapping[str, Any] = {}
COMMIT: Sent = (Command("COMMIT", returns_rows=False), _NOTHING)


def exchange(connection: BoundedConnection, sent: Sequence[Sent]) -> list[list[Row]]:
    """The rows of each command, in order, after one round trip for all of them.

    A statement that fails takes those behind it along: the first error is raised, once all that was sent is
    answered, and the connection is good for a rollback. Where no answer came within the connection's
    `answers_within_s`, or anything else goes wrong on the way, the connection is closed: what is still to
    come would be read as the answer to something else. Raises `psycopg.Error`.
    """
    pgconn = connection.pgconn
    if pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError("the connection is closed")
    # Written before anything is begun: what cannot be costs no connection.
    written_out = [(command, *command.named(given), command.values(given)) for command, given in sent]
    answered = False
    try:
        pgconn.enter_pipeline_mode()
        results = _Answers(pgconn, connection.answers_within_s)
        fresh = _send(connection, written_out)
        pgconn.pipeline_sync()
        results.flush()
        found, failed = _collect(connection, sent, fresh, results)
        pgconn.exit_pipeline_mode()
        answered = True
    finally:
        if not answered:
            pgconn.finish()
    if failed is not None:
        raise failed
    return found


def _send(connection: BoundedConnection, written_out: Sequence[_Written]) -> list[bool]:
    """Hands all of it to libpq; says of each command whether it had to be prepared first."""
    pgconn, prepared = connection.pgconn, connection.prepared
    fresh, asked = [], set[bytes]()
    for command, name, kinds, values in written_out:
        is_fresh = name not in prepared and name not in asked
        if is_fresh:
            pgconn.send_prepare(name, command.sql, kinds)
            asked.add(name)
        fresh.append(is_fresh)
        pgconn.send_query_prepared(name, values)
    return fresh


def _collect(
    connection: BoundedConnection, sent: Sequence[Sent], fresh: list[bool], results: _Answers
) -> tuple[list[list[Row]], psycopg.Error | None]:
    found: list[list[Row]] = []
    failed: psycopg.Error | None = None
    for (command, parameters), is_fresh in zip(sent, fresh, strict=True):
        if is_fresh:
            result = results.next()
            if result.status == ExecStatus.COMMAND_OK:
                connection.prepared.add(command.named(parameters)[0])
            failed = failed or _error(result)
        result = results.next()
        failed = failed or _error(result)
        if failed is None:
            found.append(list(_rows(connection, command, result)) if command.returns_rows else [])
    results.end()
    return found, failed


def _error(result: PGresult) -> psycopg.Error | None:
    """What the server says is wrong, as psycopg would raise it. Commands behind it are only not done."""
    return error_from_result(result, "utf-8") if result.status in _FAILED else None


class _Answers:
    """What comes back on a connection in pipeline mode, waited for until a deadline."""

    def __init__(self, pgconn: PGconn, within_s: float | None) -> None:
        self._pgconn = pgconn
        self._until = None if within_s is None else time.monotonic() + within_s
        self._poll = select.poll()
        self._file = pgconn.socket

    def flush(self) -> None:
        """Sends everything. What the server answers meanwhile is taken in, or it would stop reading."""
        while self._pgconn.flush():
            if self._wait(select.POLLIN | select.POLLOUT) & select.POLLIN:
                self._pgconn.consume_input()

    def next(self) -> PGresult:
        """The next command's result. A command has one, and a mark that there is no more."""
        result = self._get()
        if result is None or self._get() is not None:
            raise psycopg.OperationalError("the server's answers do not fit what was sent")
        return result

    def end(self) -> None:
        """The mark behind the last one."""
        result = self._get()
        if result is None or result.status != ExecStatus.PIPELINE_SYNC:
            raise psycopg.OperationalError("the server's answers do not fit what was sent")

    def _get(self) -> PGresult | None:
        while self._pgconn.is_busy():
            self._wait(select.POLLIN)
            self._pgconn.consume_input()
        return self._pgconn.get_result()

    def _wait(self, events: int) -> int:
        self._poll.register(self._file, events)
        left_ms = None if self._until is None else max(0.0, (self._until - time.monotonic()) * 1000)
        ready = self._poll.poll(left_ms)
        if not ready:
            raise psycopg.OperationalError("the database did not answer in time")
        return ready[0][1]


def _rows(connection: BoundedConnection, command: Command, result: PGresult) -> Iterator[Row]:
    loads = command.loads
    if loads is None:
        loads = command.loads = tuple(
            load_of(connection, result.ftype(column)) for column in range(result.nfields)
        )
    columns = list(enumerate(loads))
    for row in range(result.ntuples):
        yield tuple(
            None if (value := result.get_value(row, column)) is None else load(value)
            for column, load in columns
        )


def begin_of(connection: BoundedConnection) -> tuple[Sent, ...]:
    """What begins a transaction of the kind that the connection is set to; nothing where one has begun, or
    where each statement is one."""
    if connection.autocommit or connection.pgconn.transaction_status != TransactionStatus.IDLE:
        return ()
    return (_BEGINNINGS[connection.isolation_level, bool(connection.read_only)], *limits_of(connection))


def limits_of(connection: BoundedConnection) -> tuple[Sent, ...]:
    """What sets the limits of the transaction that it is sent in; nothing where the session has them."""
    if not connection.is_pooled:
        return ()
    limits = connection.limits
    return ((_LIMITED, {"statement": str(limits.statement_ms), "lock": str(limits.lock_ms)}),)


_LIMITED = Command(
    "SELECT set_config('TimeZone', 'UTC', true), set_config('statement_timeout', %(statement)s, true), "
    "set_config('lock_timeout', %(lock)s, true)"
)


def _beginning(level: psycopg.IsolationLevel, *, read_only: bool) -> Sent:
    name = level.name.replace("_", " ")
    return Command(f"BEGIN ISOLATION LEVEL {name}{' READ ONLY' * read_only}", returns_rows=False), _NOTHING


# Where nothing else was asked for. What is locked is read after its lock: a snapshot would be older.
_ORDINARY = psycopg.IsolationLevel.READ_COMMITTED
_BEGINNINGS = {
    (level, read_only): _beginning(level or _ORDINARY, read_only=read_only)
    for level in (None, *psycopg.IsolationLevel)
    for read_only in (False, True)
}
