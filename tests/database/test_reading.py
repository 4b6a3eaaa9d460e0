"""A read outside a transaction leaves nothing behind for the connection's next user."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import func, literal_column, select, text

from secmon.database.engine import make_engine
from secmon.database.reading import Reader
from secmon.database.statements import Statement
from tests.databases import fresh_database

SLOW = Statement(select(func.pg_sleep(literal_column("5"))))


def test_after_a_read_that_failed_a_transaction_still_rolls_back() -> None:
    engine = make_engine(fresh_database("postgresql"), pool_size=1, statement_timeout_ms=50)
    with pytest.raises(psycopg.errors.QueryCanceled):
        Reader(engine).read([SLOW()])
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE left_behind (n int)"))
        connection.rollback()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('left_behind')")) is None
    engine.dispose()
