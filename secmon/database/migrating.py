"""Bringing a database to the schema of this release, and saying whether it is there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select, text

LOCK_TIMEOUT_MS = 5_000
ASK_AGAIN_S = 0.1
# Any constant will do; two releases starting at once wait for each other.
_ADVISORY_LOCK = 7_365_636_001


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Runs the missing migrations; a second process that starts meanwhile waits, then finds them done.

    A newer release's schema is left as it is: an older one may start again while that is rolled out.
    """
    with _migrating(engine) as connection:
        with connection.begin():
            found = _revision_of(connection)
        if revision == "head" and has_reached(found):
            return
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Takes migrations back to `revision`."""
    with _migrating(engine) as connection:
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    """The revision that the database stands at; None where it is empty."""
    with engine.connect() as connection:
        return _revision_of(connection)


def has_reached(revision: str | None) -> bool:
    """Whether a schema at `revision` (None: empty) holds all that this release needs."""
    # Revisions are zero-padded numbers in one line, so their text sorts as they follow each other.
    return revision is not None and revision >= head()


@cache
def head() -> str:
    """The newest revision of this release."""
    found = ScriptDirectory.from_config(_config(None)).get_current_head()
    if found is None:
        raise RuntimeError("this installation has no migrations")
    return found


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        if engine.dialect.name != "postgresql":
            yield connection
            return
        # An index takes as long as it takes: neither side gives up.
        driver: Any = connection.connection.driver_connection
        driver.answers_within_s = None
        connection.execute(text("SET statement_timeout = 0"))
        _wait_for_turn(connection)
        connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
        connection.commit()
        try:
            yield connection
        finally:
            # The connection carries the lock and other time-outs than the pool's: it goes, and they go.
            connection.rollback()
            connection.invalidate()


def _wait_for_turn(connection: Connection) -> None:
    """Asks again and again: a statement that waits would hold a snapshot, and whoever makes an index
    concurrently waits for old snapshots to end, with the lock that this one waits for.
    """
    while not connection.scalar(select(func.pg_try_advisory_lock(_ADVISORY_LOCK))):
        connection.commit()
        time.sleep(ASK_AGAIN_S)


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[2] / "migrations"))
    config.attributes["connection"] = connection
    return config
