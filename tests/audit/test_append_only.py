"""A40: nobody changes the audit, least of all the role that the application runs under."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy import delete, make_url, text, update
from sqlalchemy.exc import DBAPIError

from secmon import migrating
from secmon.audit import service as audit
from secmon.audit.models import AuditEntry
from secmon.audit.verify import Verdict, verify
from secmon.cli.main import root
from secmon.core.actor import SYSTEM
from secmon.core.database import Database, make_engine
from secmon.models import Base
from tests.databases import empty_database
from tests.service import Service

ROLE = "secmon_app"
LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)
CHANGES = (
    "UPDATE audit_entries SET action = 'nothing'",
    "DELETE FROM audit_entries",
    "TRUNCATE audit_entries",
    "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
    "DROP TABLE audit_entries",
    # An anchor would let entries go.
    "INSERT INTO audit_anchors SELECT account_id, sequence, hash, now() FROM audit_entries",
    "UPDATE audit_anchors SET sequence = 7",
    "DELETE FROM audit_anchors",
    "TRUNCATE audit_anchors",
    "ALTER TABLE audit_anchors DISABLE TRIGGER ALL",
)


@pytest.fixture
def application() -> Iterator[Database]:
    """A database whose migrations found the role, opened by that role."""
    url = make_url(empty_database("postgresql"))
    owner = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(ROLE)))
    engine = make_engine(url.render_as_string(hide_password=False))
    migrating.upgrade(engine)
    engine.dispose()
    database = Database(make_engine(url.set(username=ROLE).render_as_string(hide_password=False)))
    yield database
    database.dispose()


@pytest.mark.parametrize("change", CHANGES)
def test_A40_the_applications_role_changes_no_entry(application: Database, change: str) -> None:
    with application.work(SYSTEM) as work:
        audit.record(work, "acct-1", "test.done", reason="because")
    with pytest.raises(DBAPIError) as refused, application.engine.begin() as connection:
        connection.execute(text(change))
    assert refused.value.orig is not None
    assert getattr(refused.value.orig, "sqlstate", None) == "42501"


def test_the_applications_role_does_all_else(application: Database) -> None:
    with application.work(SYSTEM) as work:
        audit.record(work, "acct-1", "test.done", reason="because")
    with application.work(SYSTEM) as work:
        audit.erase(work, "acct-1")
    with application.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in {"audit_anchors", "audit_entries"}:
                connection.execute(delete(table))


def test_the_applications_role_does_not_prune(application: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with Database(application.engine, lambda: LONG_AGO).work(SYSTEM) as work:
        for _ in range(3):
            audit.record(work, "acct-1", "test.done")
    monkeypatch.setenv("SECMON_DATABASE_URL", application.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SECMON_KEYS", f"test={'A' * 43}=")
    refused = CliRunner().invoke(root, ["audit", "prune"])
    assert (refused.exit_code, "the role that owns the tables" in refused.output) == (1, True)
    with application.work(SYSTEM, write=False) as work:
        assert verify(work, "acct-1") == Verdict(3, 1)


@pytest.mark.parametrize("change", [update(AuditEntry).values(action="nothing"), delete(AuditEntry)])
def test_the_owner_does_not_change_an_entry_by_accident(
    service: Service, account_id: str, change: object
) -> None:
    with service.work() as work:
        audit.record(work, account_id, "test.done")
    with pytest.raises(DBAPIError), service.work() as work:
        work.session.execute(change)
