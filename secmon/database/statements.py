"""Core statements compiled once, and sent several to a round trip where the database allows it.

SQLAlchemy's compile cache still costs a good part of a hot request, and one round trip a statement
costs the rest. A `Statement` is compiled at its first use for a dialect; on PostgreSQL `run` sends
all of them in one round trip (`database.wire`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, Dialect, Select, UpdateBase

from secmon.database import wire
from secmon.database.wire import Command

Row = wire.Row
Clause = Select[*tuple[Any, ...]] | UpdateBase


class Statement:
    """A Core statement whose parameters are `bindparam`s of plain driver types.

    `clause` may be a function of the dialect's name, for what each database spells its own way.
    On PostgreSQL values are written as they are: aware datetimes, UUIDs, bytes, text. Rows are plain
    tuples on both databases.
    """

    def __init__(self, clause: Clause | Callable[[str], Clause], *, returns_rows: bool = True) -> None:
        self._build: Callable[[str], Clause] = clause if callable(clause) else lambda _dialect: clause
        self.returns_rows = returns_rows
        self._clauses: dict[str, Clause] = {}
        self._command: Command | None = None

    def __call__(self, **parameters: Any) -> Query:
        return Query(self, parameters)

    def clause(self, dialect: Dialect) -> Clause:
        """The statement as `dialect` wants it."""
        known = self._clauses.get(dialect.name)
        if known is not None:
            return known
        clause = self._clauses[dialect.name] = self._build(dialect.name)
        return clause

    def command(self, dialect: Dialect) -> Command:
        """As PostgreSQL is given it, with the constants in it that SQLAlchemy made parameters of."""
        if self._command is None:
            compiled = self.clause(dialect).compile(dialect=dialect)
            constants = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
            self._command = Command(str(compiled), constants, returns_rows=self.returns_rows)
        return self._command


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
    found = [_one(connection, query) for query in queries]
    if commit:
        connection.commit()
    return found


def _one(connection: Connection, query: Query) -> list[Row]:
    result = connection.execute(query.statement.clause(connection.dialect), dict(query.parameters))
    return [tuple(row) for row in result] if query.statement.returns_rows else []


def _pipelined(connection: Connection, queries: Sequence[Query], *, commit: bool) -> list[list[Row]]:
    driver = _driver(connection)
    sent = [(query.statement.command(connection.dialect), query.parameters) for query in queries]
    # Those of ours in front and behind go along, where psycopg would wait for the answers to its own.
    begin = wire.begin_of(driver)
    try:
        found = wire.exchange(driver, [*begin, *sent, *((wire.COMMIT,) if commit else ())])
    except psycopg.OperationalError:
        if driver.closed:
            connection.invalidate()
        raise
    return found[len(begin) : len(begin) + len(sent)]


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
