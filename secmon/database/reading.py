"""Reads that need no transaction: straight on a pooled connection of PostgreSQL's, in one round trip.

A session and its transaction cost more than a read by key does. Where the caller's check and what is
asked answer one row at most, the two are one statement: pipeline mode costs more than that as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect, Engine, Select, literal_column, select, true

from secmon.database.statements import Query, Row, Statement, pipeline, send


class Reader:
    """Reads on any connection of an engine's pool, in autocommit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._joined: dict[tuple[Statement, Statement], Statement] = {}

    def read(self, queries: Sequence[Query]) -> list[list[Row]]:
        """The rows of each query, in order."""
        connection = self._engine.raw_connection()
        driver: Any = connection.driver_connection
        driver.autocommit = True
        try:
            return self._read(driver, queries)
        finally:
            if driver.closed:
                connection.invalidate()
            connection.close()

    def _read(self, driver: Any, queries: Sequence[Query]) -> list[list[Row]]:
        dialect = self._engine.dialect
        if len(queries) == 1:
            return [send(driver, queries[0], dialect).fetchall()]
        if _joinable(queries):
            return self._read_joined(driver, queries[0], queries[1])
        with pipeline(driver):
            cursors = [send(driver, query, dialect) for query in queries]
        return [cursor.fetchall() for cursor in cursors]

    def _read_joined(self, driver: Any, first: Query, second: Query) -> list[list[Row]]:
        pair = first.statement, second.statement
        joined = self._joined.get(pair)
        if joined is None:
            joined = self._joined[pair] = Statement(_joined(*pair, self._engine.dialect))
        row = send(driver, joined(**first.parameters, **second.parameters), self._engine.dialect).fetchone()
        if row is None:
            return [[], []]
        width = _width(first.statement, self._engine.dialect) + 1
        return [[part[:-1]] if part[-1] else [] for part in (row[:width], row[width:])]


def _joinable(queries: Sequence[Query]) -> bool:
    """Two that answer one row at most, and name their parameters differently."""
    if len(queries) != 2 or not all(query.statement.one_row for query in queries):
        return False
    return queries[0].parameters.keys().isdisjoint(queries[1].parameters)


def _joined(first: Statement, second: Statement, dialect: Dialect) -> Select[*tuple[Any, ...]]:
    """Both as one, a mark behind each: a full join shows either side without the other."""
    one, other = (_marked(statement, dialect).subquery() for statement in (first, second))
    return select(one, other).select_from(one.join(other, true(), full=True))


def _marked(statement: Statement, dialect: Dialect) -> Select[*tuple[Any, ...]]:
    return _select(statement, dialect).add_columns(literal_column("true").label("is_there"))


def _width(statement: Statement, dialect: Dialect) -> int:
    return len(_select(statement, dialect).selected_columns)


def _select(statement: Statement, dialect: Dialect) -> Select[*tuple[Any, ...]]:
    clause = statement.clause(dialect)
    if not isinstance(clause, Select):
        raise TypeError("only a SELECT can be joined")
    return clause
