"""What any installation needs to be ready: its database, migrated at least to this release, and its keys."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import select

from secmon.core.actor import SYSTEM
from secmon.database import migrating
from secmon.database.engine import Database
from secmon.observing.health import Check, add_check
from secmon.sealing.keyring import KeyRing, KeyRingError


def install(app: Flask, database: Database, keys: KeyRing) -> None:
    """Adds the checks of `/readyz` that no domain brings."""
    add_check(app, "database", Check(lambda: reachable(database)))
    add_check(app, "migrations", Check(lambda: migrated(database)))
    add_check(app, "keys", Check(lambda: keys_work(keys)))


def reachable(database: Database) -> None:
    """Raises where the database does not answer."""
    with database.work(SYSTEM, write=False) as work:
        work.session.execute(select(1))


def migrated(database: Database) -> str | None:
    """What to do where the schema is older than this release.

    A newer one is that of a release which is being rolled out: its steps leave this one working.
    """
    with database.work(SYSTEM, write=False) as work:
        found = MigrationContext.configure(work.session.connection()).get_current_revision()
    return None if migrating.has_reached(found) else "run `secmon db upgrade`"


def keys_work(keys: KeyRing) -> str | None:
    """What is wrong where the ring cannot read what it writes."""
    try:
        keys.decrypt(keys.encrypt(b"probe", "readyz"), "readyz")
    except KeyRingError as error:
        return str(error)
    return None
