"""What a schema demands of a release that knows only the schema before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, inspect
from sqlalchemy.engine import Inspector

# (table, column), and what is known of it.
Columns = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Schema:
    """What is there: `columns`, and the `rules` that rows of each table have to keep."""

    tables: frozenset[str]
    columns: Columns
    rules: frozenset[tuple[str, str]]


def schema_of(connection: Connection) -> Schema:
    """What the database holds now, Alembic's own table left out."""
    found = inspect(connection)
    tables = frozenset(found.get_table_names()) - {"alembic_version"}
    columns = {
        (table, column["name"]): dict(column)
        for (_, table), listed in found.get_multi_columns().items()
        for column in listed
        if table in tables
    }
    return Schema(tables, columns, frozenset(_rules(found)))


def broken_promises(before: Schema, after: Schema) -> set[str]:
    """Each change by which who reads and writes `before` would fail on `after`; none where it goes on."""
    return {
        *(f"table {table} is gone" for table in before.tables - after.tables),
        *_changed_columns(before, after),
        *_demanded_columns(before, after),
        *(f"{table}: new {rule}" for table, rule in after.rules - before.rules if table in before.tables),
    }


def _changed_columns(before: Schema, after: Schema) -> Iterator[str]:
    for (table, name), column in before.columns.items():
        if table not in after.tables:
            continue
        now = after.columns.get((table, name))
        if now is None:
            yield f"column {table}.{name} is gone"
        elif _narrower(str(column["type"]), str(now["type"])):
            yield f"column {table}.{name} is no {column['type']} any more"
        elif column["nullable"] and not now["nullable"]:
            yield f"column {table}.{name} may not be empty any more"
        elif column["default"] is not None and now["default"] is None:
            yield f"column {table}.{name} has lost its default"


def _demanded_columns(before: Schema, after: Schema) -> Iterator[str]:
    for table, name in after.columns.keys() - before.columns.keys():
        column = after.columns[table, name]
        if table in before.tables and not column["nullable"] and column["default"] is None:
            yield f"column {table}.{name} must be given"


def _narrower(before: str, after: str) -> bool:
    """A longer VARCHAR, or TEXT instead of it, takes all that was taken before."""
    if before == after or (before.startswith("VARCHAR") and after == "TEXT"):
        return False
    both_varchar = before.startswith("VARCHAR(") and after.startswith("VARCHAR(")
    return not both_varchar or int(after[8:-1]) < int(before[8:-1])


def _rules(found: Inspector) -> Iterator[tuple[str, str]]:
    for (_, table), primary in found.get_multi_pk_constraint().items():
        yield table, f"primary key {primary['constrained_columns'] if primary else []}"
    for (_, table), indexes in found.get_multi_indexes().items():
        yield from ((table, f"unique index {index['name']}") for index in indexes if index["unique"])
    for (_, table), checks in found.get_multi_check_constraints().items():
        yield from ((table, f"check {check['sqltext']}") for check in checks)
    for (_, table), keys in found.get_multi_foreign_keys().items():
        for key in keys:
            yield table, f"foreign key {key['constrained_columns']} to {key['referred_table']}"
