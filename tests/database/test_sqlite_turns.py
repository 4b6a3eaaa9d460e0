"""SQLite's writers take turns, in the order in which they came."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import create_engine

from secmon.database.engine import LOCK_TIMEOUT_MS, Turns
from tests.databases import fresh_database
from tests.faults.waiting import until

WRITERS = 5


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
