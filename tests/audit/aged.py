"""Chains that are old enough to be pruned, on a database of their own, and what may be done to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select, text

from secmon.audit import pruning
from secmon.audit import service as audit
from secmon.audit.models import AuditEntry, AuditReason
from secmon.audit.verify import Verification, verify
from secmon.cases.service import holds
from secmon.core.actor import SYSTEM
from secmon.core.clock import system_clock
from secmon.database.engine import Database

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TEN_YEARS = timedelta(days=3653)
DAY = timedelta(days=1)


def at(database: Database, then: datetime) -> Database:
    """The same database when it was `then`."""
    return Database(database.engine, lambda: then)


def record(database: Database, account_id: str | None, count: int) -> None:
    """Entries of one transaction, each with a reason."""
    with database.work(SYSTEM) as work:
        for nth in range(count):
            audit.record(work, account_id, "test.done", reason=f"because {nth}")


def four_old_and_two_young(database: Database) -> str:
    """The id of the account whose chain that is."""
    record(at(database, LONG_AGO), "a", 4)
    record(at(database, system_clock() - 300 * DAY), "a", 2)
    return "a"


def prune(database: Database) -> int:
    """As the command does, from the first batch to the last; how many entries went."""
    entries, batch = 0, None
    while batch is None or batch.reached is not None:
        with database.work(SYSTEM) as work:
            after = None if batch is None else batch.reached
            batch = pruning.prune(work, work.now - TEN_YEARS, holds, after)
        entries += batch.entries
    return entries


def verdict(database: Database) -> Verification:
    with database.work(SYSTEM, write=False) as work:
        return verify(work)


def left(database: Database, table: type[AuditEntry | AuditReason] = AuditEntry) -> list[tuple[str, int]]:
    """(account, number) of what is left, in order."""
    query = select(table.account_id, table.sequence).order_by(table.account_id, table.sequence)
    with database.work(SYSTEM, write=False) as work:
        return [(account_id, sequence) for account_id, sequence in work.session.execute(query)]


@contextmanager
def unguarded(database: Database) -> Iterator[Connection]:
    """A connection of somebody who owns the database, and takes the guards away."""
    postgresql = database.engine.dialect.name == "postgresql"
    with database.engine.begin() as connection:
        if postgresql:
            for table in ("audit_entries", "audit_anchors"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
            for (name,) in connection.execute(text(triggers)).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection
