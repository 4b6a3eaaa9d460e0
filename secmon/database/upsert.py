"""INSERT … ON CONFLICT, which SQLAlchemy spells per dialect."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from secmon.database.tables import Base


class OnADialect(Protocol):
    """A unit of work, as far as it matters here."""

    @property
    def dialect(self) -> Dialect: ...


def insert_or_ignore(work: OnADialect, table: type[Base]) -> Any:
    """An INSERT that leaves a row alone which is there already; give it `.values(...)`."""
    return insert_for(work.dialect.name, table).on_conflict_do_nothing()


def insert_for(dialect: str, table: type[Base]) -> Any:
    """The dialect's own INSERT, which knows `on_conflict_do_update`."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
