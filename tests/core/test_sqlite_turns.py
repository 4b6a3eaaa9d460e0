"""SQLite's writers take turns; whoever hangs costs them a while and an error, and the readers nothing."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

from secmon.accounts import service as accounts
from secmon.core.actor import SYSTEM
from secmon.core.database import LOCK_TIMEOUT_MS, Database, make_engine
from secmon.core.sqlite_turns import Turns
from secmon.web.database_errors import is_unavailable
from tests.databases import fresh_database
from tests.faults.waiting import until

WRITERS = 5


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


def test_writers_of_a_process_are_served_in_the_order_in_which_they_came() -> None:
    engine, turns = create_engine(fresh_database("sqlite"), connect_args={"isolation_level": None}), Turns()
    served: list[int] = []

    def write(writer: int) -> None:
        with engine.connect() as connection:
            turns.begin_writing(connection, LOCK_TIMEOUT_MS)
            served.append(writer)
            connection.exec_driver_sql("COMMIT")

    with engine.connect() as first, ThreadPoolExecutor(WRITERS) as pool:
        turns.begin_writing(first, LOCK_TIMEOUT_MS)
        for writer in range(WRITERS):
            pool.submit(write, writer)
            until(partial(_are_waiting, turns, writer + 1), "the writer waits")
        first.exec_driver_sql("COMMIT")
    assert served == list(range(WRITERS))
    engine.dispose()


def _are_waiting(turns: Turns, writers: int) -> bool:
    return turns.waiting == writers
