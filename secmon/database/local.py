"""Statements for SQLite through its own driver: SQLAlchemy's execution takes longer than most of them do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Dialect, Select, UpdateBase

Row = tuple[Any, ...]
Process = Callable[[Any], Any]


class LocalCommand:
    """One statement with how its parameters are written, and its rows read, by the types that they have."""

    __slots__ = ("_binds", "_loads", "_sql")

    def __init__(self, clause: Select[*tuple[Any, ...]] | UpdateBase, dialect: Dialect) -> None:
        compiled = clause.compile(dialect=dialect)
        self._sql = str(compiled)
        self._binds = [
            (name, bind.type.dialect_impl(dialect).bind_processor(dialect), bind.value)
            for name, bind in ((name, compiled.binds[name]) for name in compiled.positiontup or ())
        ]
        columns = clause.selected_columns if isinstance(clause, Select) else ()
        loads = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._loads = loads if any(loads) else None

    def rows(self, connection: sqlite3.Connection, parameters: Mapping[str, Any]) -> list[Row]:
        """Its rows; none of a statement that has none. Raises `sqlite3.Error`."""
        values = [
            value if write is None else write(value)
            for value, write in (
                (parameters.get(name, constant), write) for name, write, constant in self._binds
            )
        ]
        rows = connection.execute(self._sql, values).fetchall()
        loads = self._loads
        if loads is None:
            return rows
        return [
            tuple(value if load is None else load(value) for value, load in zip(row, loads, strict=True))
            for row in rows
        ]
