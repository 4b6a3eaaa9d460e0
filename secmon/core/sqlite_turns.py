"""Writers of one SQLite file, in any number of processes, take turns: who waited longest looks most often.

SQLite's own busy handler does it the other way round. It sleeps longer the longer it has waited, up to
0.1 s (sqliteDefaultBusyCallback in its main.c), so under load newcomers overtake until the timeout of
whoever came first is over, and a request is refused that had only to wait.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection

# Many times what a queue of large batches takes; who waits longer waits for somebody who hangs.
TURN_WITHIN_S = 30.0
# A newcomer looks every 10 ms, whoever has waited a second every 2 ms, ten seconds every 0.25 ms.
NEWCOMERS_LOOK_EVERY_S = 0.01
TWICE_AS_OFTEN_EVERY_S = 0.25


def begin_writing(connection: Connection, own_timeout_ms: int) -> None:
    """Begins the write transaction as soon as no other writer is at it.

    `own_timeout_ms` is SQLite's busy timeout for all other waits. Raises what SQLAlchemy makes of
    SQLITE_BUSY after `TURN_WITHIN_S`.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        if not _begun_in_turn(driver):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={own_timeout_ms}")


def _begun_in_turn(driver: Any) -> bool:
    """False where no turn came, or the database refuses for another reason."""
    since = time.monotonic()
    while True:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            waited = time.monotonic() - since
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or waited > TURN_WITHIN_S:
                return False
            time.sleep(NEWCOMERS_LOOK_EVERY_S / (1 + waited / TWICE_AS_OFTEN_EVERY_S))
        else:
            return True
