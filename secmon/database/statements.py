"""Core statements compiled once, and sent several to a round trip where the database allows it.

SQLAlchemy's compile cache still costs a good part of a hot request, and one round trip a statement
costs the rest. A `Statement` is compiled at its first use for a dialect; on PostgreSQL `run` hands
all of them to psycopg's pipeline (libpq pipeline mode) and reads the answers together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect, Select, UpdateBase

Row = tuple[Any, ...]
# Where nothing else was asked for. What is locked is read after its lock: a snapshot would be older.
ORDINARY = (None, psycopg.IsolationLevel.READ_COMMITTED)


Clause = Select[*tuple[Any, ...]] | UpdateBase


class Statement:
    """A Core statement whose parameters are `bindparam`s of plain driver types.

    `clause` may be a function of the dialect's name, for what each database spells its own way.
    On PostgreSQL values reach the driver as they are: aware datetimes, UUIDs, bytes, text. Rows are
    plain tuples on both databases. `one_row`: it answers one row at most, whatever it is given.
    """

    def __init__(
        self, clause: Clause | Callable[[str], Clause], *, returns_rows: bool = True, one_row: bool = False
    ) -> None:
        self._build: Callable[[str], Clause] = clause if callable(clause) else lambda _dialect: clause
        self.returns_rows = returns_rows
        self.one_row = one_row
        self._clauses: dict[str, Clause] = {}
        self._compiled: dict[str, tuple[str, dict[str, Any]]] = {}

    def __call__(self, **parameters: Any) -> Query:
        return Query(self, parameters)

    def clause(self, dialect: Dialect) -> Clause:
        """The statement as `dialect` wants it."""
        known = self._clauses.get(dialect.name)
        if known is not None:
            return known
        clause = self._clauses[dialect.name] = self._build(dialect.name)
        return clause

    def compiled(self, dialect: Dialect) -> tuple[str, dict[str, Any]]:
        """The SQL that the driver is given, and the constants in it that SQLAlchemy made parameters of."""
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self.clause(dialect).compile(dialect=dialect)
            constants = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
            found = self._compiled[dialect.name] = (str(compiled), constants)
        return found


@dataclass(frozen=True, slots=True)
class Query:
    """A statement with its parameters, ready to be sent."""

    statement: Statement
    parameters: Mapping[str, Any]


def run(connection: Connection, queries: Sequence[Query], *, commit: bool = False) -> list[list[Row]]:
    """The rows of each query, in order; with `commit`, the transaction is committed behind them.

    PostgreSQL: one round trip for all of it. A failing query fails the transaction.
    """
    if connection.dialect.name == "postgresql":
        return _pipelined(connection, queries, commit=commit)
    answers = [_one(connection, query) for query in queries]
    if commit:
        _driver(connection).commit()
    return answers


def _one(connection: Connection, query: Query) -> list[Row]:
    result = connection.execute(query.statement.clause(connection.dialect), dict(query.parameters))
    return [tuple(row) for row in result] if query.statement.returns_rows else []


def _pipelined(connection: Connection, queries: Sequence[Query], *, commit: bool) -> list[list[Row]]:
    driver = _driver(connection)
    begin = _begins_here(driver)
    try:
        with pipeline(driver):
            if begin:
                driver.execute("BEGIN ISOLATION LEVEL READ COMMITTED", prepare=False)
            cursors = [send(driver, query, connection.dialect) for query in queries]
            if commit:
                driver.execute("COMMIT", prepare=False)
    except psycopg.OperationalError:
        if driver.closed:
            connection.invalidate()
        raise
    # Outside, where all answers are there: asking for one inside is a round trip, and leaving another.
    return [
        cursor.fetchall() if query.statement.returns_rows else []
        for cursor, query in zip(cursors, queries, strict=True)
    ]


@contextmanager
def pipeline(driver: Any) -> Iterator[None]:
    """psycopg's pipeline; what it raises is the first error of the statements in it.

    Those behind a failed statement are aborted, and the word of the last one says nothing of what happened.
    """
    try:
        with driver.pipeline():
            yield
    except psycopg.errors.PipelineAborted as aborted:
        raise _first_error(aborted) from None


def _first_error(aborted: BaseException) -> BaseException:
    """psycopg collects the rest while the error is on its way: it is the context of what is then found."""
    error: BaseException | None = aborted
    while isinstance(error, psycopg.errors.PipelineAborted):
        error = error.__context__
    return error if isinstance(error, psycopg.Error) else aborted


def _begins_here(driver: Any) -> bool:
    """Whether the transaction begins with what is sent next, as an ordinary one.

    psycopg would wait for the answer to its own BEGIN, and for that to its COMMIT, before it goes on. In
    autocommit it leaves both to us; the pool takes that back (`core.database`).
    """
    if driver.autocommit or driver.info.transaction_status != TransactionStatus.IDLE:
        return False
    if driver.read_only or driver.isolation_level not in ORDINARY:
        return False
    driver.autocommit = True
    return True


def send(driver: Any, query: Query, dialect: Dialect) -> Any:
    """The cursor of a query sent through psycopg, prepared there at its first use."""
    text, constants = query.statement.compiled(dialect)
    parameters = {**constants, **query.parameters} if constants else query.parameters
    return driver.execute(text, parameters, prepare=True)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
