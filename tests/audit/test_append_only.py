"""A40, R29: nobody changes the audit, least of all the role that the application runs under."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy import delete, insert, literal, make_url, select, text, update
from sqlalchemy.exc import DBAPIError

from secmon.audit import service as audit
from secmon.audit.models import AuditEntry
from secmon.audit.sealing import Sealing
from secmon.audit.verify import Verification, verify
from secmon.cli.main import root
from secmon.clients import signing_keys
from secmon.core.actor import SYSTEM
from secmon.database import migrating
from secmon.database.engine import Database, make_engine
from secmon.house import METADATA
from secmon.sealing.keyring import KeyRing
from tests.cases import desk
from tests.databases import empty_database
from tests.service import Service

ROLE = "secmon_app"
KEYS = KeyRing({"test": bytes(32)}, "test")
LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)
# What the role may add to, at most.
KEPT = {
    "audit_anchors",
    "audit_checkpoint_heads",
    "audit_checkpoints",
    "audit_entries",
    "audit_keys",
    "record_keys",
}
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
    # Nor the keys that prove entries, but for moving them under another key of the ring; nor checkpoints.
    "DELETE FROM audit_keys",
    "UPDATE audit_keys SET created_at = now()",
    "DELETE FROM record_keys",
    "UPDATE record_keys SET kid = 'another'",
    "UPDATE audit_checkpoints SET statement = '{}'",
    "DELETE FROM audit_checkpoints",
    "UPDATE audit_checkpoint_heads SET sequence = 1",
    "DELETE FROM audit_checkpoint_heads",
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
    engine = make_engine(url.set(username=ROLE).render_as_string(hide_password=False))
    database = Database(engine, recorder=Sealing(KEYS))
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
    # By what the role may do, and not by the triggers that stop the owner's slips.
    assert "append-only" not in str(refused.value.orig)


def test_the_applications_role_does_all_else(application: Database) -> None:
    with application.work(SYSTEM) as work:
        audit.record(work, "acct-1", "test.done", reason="because")
    with application.work(SYSTEM) as work:
        audit.erase(work, "acct-1")
    with application.engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            if table.name not in KEPT:
                connection.execute(delete(table))


def test_the_applications_role_does_not_prune(application: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with Database(application.engine, lambda: LONG_AGO, application.recorder).work(SYSTEM) as work:
        for _ in range(3):
            audit.record(work, "acct-1", "test.done")
    monkeypatch.setenv("SECMON_DATABASE_URL", application.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SECMON_KEYS", f"test={'A' * 43}=")
    refused = CliRunner().invoke(root, ["audit", "prune"])
    assert (refused.exit_code, "the role that owns the tables" in refused.output) == (1, True)
    with application.work(SYSTEM, write=False) as work:
        assert verify(work, "acct-1") == Verification(3, 1)


def test_the_service_does_its_whole_work_under_that_role(application: Database, tmp_path: Path) -> None:
    service = Service(application.engine.url.render_as_string(hide_password=False), tmp_path)
    wallet, agent, supervisor = map(service.client, ("wallet", "agent", "supervisor"))
    case_id = desk.freeze(wallet, "acct-1")["case"]["case_id"]
    desk.give_back(agent, supervisor, "acct-1", case_id)
    assert agent.get(f"/v1/cases/{case_id}/evidence").status_code == 200
    with service.work() as work:
        signing_keys.rotate(work, service.settings.keys)
    service.clock.advance(signing_keys.VERIFIES_FOR)
    with service.work() as work:
        signing_keys.rotate(work, service.settings.keys)
    assert desk.step(agent, case_id, "investigating", "resolved", "closed").status_code == 200
    assert wallet.delete("/v1/accounts/acct-1").status_code == 204
    with service.work(write=False) as work:
        assert verify(work, "acct-1").flaw is None
    service.stop()


def test_A40_on_sqlite_no_entry_takes_the_place_of_another(sqlite_service: Service, account_id: str) -> None:
    """INSERT OR REPLACE deletes without a trigger on DELETE being asked."""
    with sqlite_service.work() as work:
        audit.record(work, account_id, "test.done")
    columns = AuditEntry.__table__.columns
    forged = [literal("test.undone") if column.name == "action" else column for column in columns]
    there = select(*forged).where(AuditEntry.account_id == account_id)
    replace = insert(AuditEntry).prefix_with("OR REPLACE").from_select(list(columns), there)
    with pytest.raises(DBAPIError, match="append-only"), sqlite_service.work() as work:
        work.session.execute(replace)
    with sqlite_service.work(write=False) as work:
        assert verify(work, account_id).flaw is None


@pytest.mark.parametrize("change", [update(AuditEntry).values(action="nothing"), delete(AuditEntry)])
def test_the_owner_does_not_change_an_entry_by_accident(
    service: Service, account_id: str, change: object
) -> None:
    with service.work() as work:
        audit.record(work, account_id, "test.done")
    with pytest.raises(DBAPIError), service.work() as work:
        work.session.execute(change)
