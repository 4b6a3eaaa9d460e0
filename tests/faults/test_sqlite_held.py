"""F05 on SQLite: whoever hangs holding the write lock costs writers a while and an error, readers nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from secmon.accounts import service as accounts
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from secmon.database.errors import is_unavailable
from tests.databases import fresh_database


def test_F05_a_writer_that_hangs_blocks_no_reader_and_no_writer_for_ever() -> None:
    url = fresh_database("sqlite")
    database = Database(make_engine(url))
    with database.work(SYSTEM) as work:
        accounts.lock_or_create(work, "a")
    with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as hanging:
        hanging.execute("BEGIN IMMEDIATE")
        with database.work(SYSTEM, write=False) as work:
            assert accounts.get(work, "a").account_id == "a"
        with pytest.raises(OperationalError) as refused, database.work(SYSTEM) as work:
            accounts.lock_or_create(work, "b")
        assert is_unavailable(refused.value)
        hanging.execute("ROLLBACK")
    with database.work(SYSTEM) as work:
        accounts.lock_or_create(work, "b")
    database.dispose()
