"""Core statements compiled once, and sent several to a round trip where the database allows it.

SQLAlchemy's compile cache still costs a good part of a hot request, and one round trip a statement
costs the rest. A `Statement` is compiled at its first use for a dialect; on PostgreSQL `run` sends
all of them in one round trip (`database.wire`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, Dialect, Select, UpdateBase, literal_column, select

from secmon.database import wire
from secmon.database.connecting import BoundedConnection
from secmon.database.local import LocalCommand
from secmon.database.wire import Command

Row = wire.Row
# A table of one row, for what has to give one whether or not anything is found.
ONE = select(literal_column("1")).subquery("one")
Clause = Select[*tuple[Any, ...]] | UpdateBase


class Statement:
    """A Core statement whose parameters are `bindparam`s of plain driver types.

    `clause` may be a function of the dialect's name, for what each database spells its own way.
    On PostgreSQL values are written as they are: aware datetimes, UUIDs, bytes, text. Rows are plain
    tuples on both databases. `one_row`: it gives exactly one, whatever it is given.
    """

    def __init__(
        self, clause: Clause | Callable[[str], Clause], *, returns_rows: bool = True, one_row: bool = False
    ) -> None:
        self._build: Callable[[str], Clause] = clause if callable(clause) else lambda _dialect: clause
        self.returns_rows = returns_rows
        self.one_row = one_row
        self._clauses: dict[str, Clause] = {}
        self._command: Command | None = None
        self._local: LocalCommand | None = None

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
        """The SQL, and the constants in it that SQLAlchemy made parameters of."""
        compiled = self.clause(dialect).compile(dialect=dialect)
        constants = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        return str(compiled), constants

    def command(self, dialect: Dialect) -> Command:
        """As PostgreSQL is given it."""
        if self._command is None:
            self._command = Command(*self.compiled(dialect), returns_rows=self.returns_rows)
        return self._command

    def local(self, dialect: Dialect) -> LocalCommand:
        """As SQLite's driver is given it."""
        if self._local is None:
            self._local = LocalCommand(self.clause(dialect), dialect)
        return self._local

    def table(self, dialect: Dialect) -> str | None:
        """The table that it writes to without a word; None for whatever has rows to tell."""
        clause = self.clause(dialect)
        if self.returns_rows or not isinstance(clause, UpdateBase):
            return None
        return str(clause.table)

    def width(self, dialect: Dialect) -> int:
        """How many columns its rows have."""
        clause = self.clause(dialect)
        if not isinstance(clause, Select):
            raise TypeError("only a SELECT is known to give one row")
        return len(clause.selected_columns)


@dataclass(frozen=True, slots=True)
class Query:
    """A statement with its parameters, ready to be sent."""

    statement: Statement
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One statement for PostgreSQL that does what several consecutive ones do: it is begun once.

    `first` is the position of the first of them, `widths` how many columns of the one row each of them has;
    none where there are no rows to be told apart.
    """

    command: Command
    first: int
    count: int
    widths: tuple[int, ...]

    def sent(self, queries: Sequence[Query]) -> wire.Sent:
        """The command with the parameters of all its queries."""
        if self.count == 1:
            return self.command, queries[self.first].parameters
        return self.command, {
            f"{name}__{nth}": value
            for nth in range(self.count)
            for name, value in queries[self.first + nth].parameters.items()
        }

    def rows(self, found: list[Row]) -> Iterator[list[Row]]:
        """The rows of each of its queries."""
        if not self.widths:
            yield found
            yield from ([] for _ in range(self.count - 1))
            return
        (row,) = found
        at = 0
        for width in self.widths:
            yield [row[at : at + width]]
            at += width


_steps: dict[tuple[Statement, ...], list[Step]] = {}


def steps_of(statements: tuple[Statement, ...], dialect: Dialect) -> list[Step]:
    """The statements of a round trip, in their order; composed once for each sequence of them."""
    known = _steps.get(statements)
    if known is None:
        known = _steps[statements] = list(_composed(statements, dialect))
    return known


def _composed(statements: tuple[Statement, ...], dialect: Dialect) -> Iterator[Step]:
    first = 0
    while first < len(statements):
        together = [statements[first]]
        for statement in statements[first + 1 :]:
            if not _goes_with(together, statement, dialect):
                break
            together.append(statement)
        yield _step(together, first, dialect)
        first += len(together)


def _goes_with(together: list[Statement], statement: Statement, dialect: Dialect) -> bool:
    """Reads of one row each; or writes to a table each, for one statement must not write a row twice."""
    if statement.one_row:
        return all(other.one_row for other in together)
    table = statement.table(dialect)
    return table is not None and all(other.table(dialect) not in {None, table} for other in together)


def _step(together: list[Statement], first: int, dialect: Dialect) -> Step:
    if len(together) == 1:
        return Step(together[0].command(dialect), first, 1, ())
    parts = [statement.compiled(dialect) for statement in together]
    texts = [wire.renamed(text, f"__{nth}") for nth, (text, _) in enumerate(parts)]
    constants = {
        f"{name}__{nth}": value for nth, (_, of_part) in enumerate(parts) for name, value in of_part.items()
    }
    if together[0].one_row:
        columns = ", ".join(f"q{nth}.*" for nth in range(len(parts)))
        tables = ", ".join(f"({text}) AS q{nth}" for nth, text in enumerate(texts))
        widths = tuple(statement.width(dialect) for statement in together)
        # Nothing in it is anybody's word: the texts are SQLAlchemy's, with placeholders for whatever is.
        one = Command(f"SELECT {columns} FROM {tables}", constants)  # noqa: S608
        return Step(one, first, len(parts), widths)
    *others, last = texts
    withs = ", ".join(f"w{nth} AS ({text})" for nth, text in enumerate(others))
    command = Command(f"WITH {withs} {last}", constants, returns_rows=False)
    return Step(command, first, len(parts), ())


def run(connection: Connection, queries: Sequence[Query], *, commit: bool = False) -> list[list[Row]]:
    """The rows of each query, in order; with `commit`, the transaction is committed behind them.

    PostgreSQL: one round trip for all of it. A failing query fails the transaction.
    """
    if connection.dialect.name == "postgresql":
        return _pipelined(connection, queries, commit=commit)
    driver = _driver(connection)
    found = [query.statement.local(connection.dialect).rows(driver, query.parameters) for query in queries]
    if commit:
        connection.commit()
    return found


def _pipelined(connection: Connection, queries: Sequence[Query], *, commit: bool) -> list[list[Row]]:
    driver = _driver(connection)
    # Those of ours in front and behind go along, where psycopg would wait for the answers to its own.
    begin, end = wire.begin_of(driver), (wire.COMMIT,) if commit else ()
    try:
        return sent_together(driver, queries, connection.dialect, begin, end)
    except psycopg.OperationalError:
        if driver.closed:
            connection.invalidate()
        raise


def sent_together(
    driver: BoundedConnection,
    queries: Sequence[Query],
    dialect: Dialect,
    begin: Sequence[wire.Sent] = (),
    end: Sequence[wire.Sent] = (),
) -> list[list[Row]]:
    """The rows of each query, in order, and what is to begin and to end them: one round trip for all."""
    steps = steps_of(tuple([query.statement for query in queries]), dialect)
    found = wire.exchange(driver, [*begin, *(step.sent(queries) for step in steps), *end])
    return [
        rows for step, answer in zip(steps, found[len(begin) :], strict=False) for rows in step.rows(answer)
    ]


def begin_limited(connection: Connection) -> None:
    """Begins the transaction with its limits, where a pooler would lose those of the session."""
    if connection.dialect.name != "postgresql":
        return
    driver = _driver(connection)
    begin = wire.begin_of(driver) if wire.limits_of(driver) else ()
    if begin:
        wire.exchange(driver, begin)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
