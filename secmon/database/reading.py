"""Reads that need no transaction: straight on a pooled connection of PostgreSQL's, in one round trip.

A session and its transaction cost more than a read by key does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine

from secmon.database import wire
from secmon.database.statements import Query, Row, sent_together


class Reader:
    """Reads on any connection of an engine's pool, each statement for itself."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, queries: Sequence[Query]) -> list[list[Row]]:
        """The rows of each query, in order."""
        connection = self._engine.raw_connection()
        driver: Any = connection.driver_connection
        dialect = self._engine.dialect
        try:
            return sent_together(driver, queries, dialect, wire.limits_of(driver))
        finally:
            if driver.closed:
                connection.invalidate()
            connection.close()
