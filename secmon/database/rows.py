"""Many rows in one parameter: a JSON array of arrays, which both databases read as a table."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Dialect,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from secmon.database.statements import Query, Statement
from secmon.database.tables import Base
from secmon.database.upsert import insert_for

ROWS = "rows"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Types = dict[str, TypeEngine[Any]]


def given_rows(dialect: str, types: Types) -> Any:
    """The parameter `rows` as a subquery: `nth_row` from 0, and a column for each name in `types`."""
    parameter = bindparam(ROWS, type_=Text())
    if dialect == "postgresql":
        each = func.jsonb_array_elements(cast(parameter, JSONB)).table_valued("value", with_ordinality="nth")
        each = each.render_derived("given")
        cells: Iterable[ColumnElement[Any]] = (
            each.c.value.op("->>")(literal_column(str(index))) for index in range(len(types))
        )
        position = each.c.nth - literal_column("1")
    else:
        each = func.json_each(parameter).table_valued("key", "value", name="given")
        cells = (
            func.json_extract(each.c.value, literal_column(f"'$[{index}]'")) for index in range(len(types))
        )
        position = each.c.key
    columns = [
        (cell if dialect == "sqlite" else cast(cell, kind)).label(name)
        for cell, (name, kind) in zip(cells, types.items(), strict=True)
    ]
    return select(cast(position, BigInteger).label("nth_row"), *columns).subquery("given_rows")


def encode(rows: Sequence[Sequence[Any]], dialect: Dialect) -> str:
    """`rows` as the parameter that `given_rows` reads; times and UUIDs as each database stores them."""
    if dialect.name == "postgresql":
        return msgspec.json.encode(rows).decode()
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_for_sqlite)


def _for_sqlite(value: datetime | uuid.UUID) -> int | str:
    return value.hex if isinstance(value, uuid.UUID) else (value - _EPOCH) // _MICROSECOND


class KeyTwice(Exception):
    """A mistake of ours: one unit of work writes a row over twice, and only the last would be left of it.

    PostgreSQL refuses that (21000); SQLite would lose the first without a word.
    """


class Storing(Statement):
    """An INSERT of one row, parameters named `<column>_`; `many` is the same for any number of rows.

    `on_conflict` completes the dialect's INSERT (`on_conflict_do_update`, say). `key` are the parameters of
    the row's primary key; `rewrites`: a row that is there already is written over. `computed` are columns
    that the database makes of the others: of the dialect's name, and of those by name.
    """

    def __init__(
        self,
        table: type[Base],
        columns: Sequence[str],
        on_conflict: Any = lambda insert: insert,
        computed: Mapping[str, Callable[[str, Any], ColumnElement[Any]]] | None = None,
    ) -> None:
        types: Types = {name: table.__table__.c[name].type for name in columns}
        made = computed or {}

        def one(dialect: str) -> Any:
            values: dict[str, ColumnElement[Any]] = {
                name: bindparam(f"{name}_", type_=_bound(kind, dialect)) for name, kind in types.items()
            }
            values |= {name: make(dialect, values) for name, make in made.items()}
            return on_conflict(insert_for(dialect, table).values(values))

        super().__init__(one, returns_rows=False)
        self.parameter_names = tuple(f"{name}_" for name in columns)
        self.table_name = table.__tablename__
        self.key = tuple(f"{column.name}_" for column in table.__table__.primary_key)

        def many(dialect: str) -> Any:
            given = given_rows(dialect, types)
            # SQLite cannot tell ON CONFLICT from a join's ON without a WHERE in front.
            cells = [given.c[name] for name in columns]
            cells += [make(dialect, given.c).label(name) for name, make in made.items()]
            source = select(*cells).where(true())
            return on_conflict(insert_for(dialect, table).from_select([*columns, *made], source))

        self.many = Statement(many, returns_rows=False)

    @cached_property
    def rewrites(self) -> bool:
        return "DO UPDATE" in str(self._build("postgresql"))


def _bound(kind: TypeEngine[Any], dialect: str) -> TypeEngine[Any]:
    """A JSON document is handed over as text, which SQLite's JSON type would encode once more."""
    return Text() if dialect == "sqlite" and isinstance(kind, JSON) else kind


def gathered(queries: Sequence[Query], dialect: Dialect) -> list[Query]:
    """The same writes, those of one `Storing` together: a batch is a handful of statements.

    A single row keeps its own statement. Raises `KeyTwice`.
    """
    together: dict[Statement, list[Query]] = {}
    for query in queries:
        together.setdefault(query.statement, []).append(query)
    return [
        one
        for statement, group in together.items()
        for one in (
            [_many(statement, group, dialect)] if isinstance(statement, Storing) and len(group) > 1 else group
        )
    ]


def _many(statement: Storing, group: list[Query], dialect: Dialect) -> Query:
    if statement.rewrites:
        _refuse_key_twice(statement, group)
    rows = [[query.parameters[name] for name in statement.parameter_names] for query in group]
    return statement.many(**{ROWS: encode(rows, dialect)})


def _refuse_key_twice(statement: Storing, group: list[Query]) -> None:
    seen = set()
    for query in group:
        key = tuple(query.parameters[name] for name in statement.key)
        if key in seen:
            raise KeyTwice(f"{statement.table_name} {key}")
        seen.add(key)
