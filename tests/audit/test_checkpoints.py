"""R52: signed checkpoints; one that was kept elsewhere proves that nothing that it saw was cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from joserfc import jws
from sqlalchemy import Connection, delete, func, select, text, update

from secmon.audit import checkpoints, proving, record_keys
from secmon.audit.models import (
    AuditAnchor,
    AuditCheckpoint,
    AuditCheckpointHead,
    AuditEntry,
    AuditReason,
)
from secmon.audit.sealing import Sealing
from secmon.cli.main import root
from secmon.clients import signing_keys
from secmon.core.actor import SYSTEM
from secmon.core.database import Database, make_engine
from secmon.core.keyring import KeyRing
from secmon.worker.duties import in_one_work
from tests.audit import aged
from tests.databases import fresh_database
from tests.service import FakeClock

KEYS = KeyRing({"test": bytes(32)}, "test")
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """Two chains of three entries, an hour ago; commands work on it too."""
    url = fresh_database(request.param)
    monkeypatch.setenv("SECMON_DATABASE_URL", url)
    monkeypatch.setenv("SECMON_KEYS", f"test={'A' * 43}=")
    opened = Database(make_engine(url), clock, Sealing(KEYS))
    for account_id in ("a", "b"):
        aged.record(opened, account_id, 3)
    clock.advance(HOUR)
    yield opened
    opened.dispose()


def make(database: Database) -> None:
    with database.work(SYSTEM) as work:
        checkpoints.make(work, KEYS)


def flaw(database: Database, kept: bytes | None = None) -> str | None:
    with database.work(SYSTEM, write=False) as work:
        return proving.prove(work, KEYS, kept).flaw


def stored(database: Database) -> int:
    with database.work(SYSTEM, write=False) as work:
        return work.session.scalar(select(func.count()).select_from(AuditCheckpoint)) or 0


def secmon(*arguments: str) -> Result:
    return CliRunner().invoke(root, ["audit", *arguments])


def everything_of(connection: Connection, account_id: str, behind: int = 0) -> None:
    for table in (AuditReason, AuditEntry):
        mine = (table.account_id == account_id) & (table.sequence > behind)
        connection.execute(delete(table).where(mine))


def test_a_checkpoint_that_was_kept_proves_that_all_is_still_there(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoint.json"
    assert secmon("checkpoint", "--out", str(file)).exit_code == 0
    aged.record(database, "a", 2)
    found = secmon("verify", "--checkpoint", str(file))
    assert (found.exit_code, "every chain holds what they saw" in found.output) == (0, True), found.output
    assert json.loads(file.read_text("utf-8"))["checkpoint"]["heads"] == 2


@pytest.mark.parametrize("behind", [0, 2])
def test_a_tail_that_was_cut_off_is_found_by_the_file(
    database: Database, tmp_path: Path, behind: int
) -> None:
    """The owner of the database takes all that knows of it there, too."""
    file = tmp_path / "checkpoint.json"
    secmon("checkpoint", "--out", str(file))
    with aged.unguarded(database) as connection:
        everything_of(connection, "b", behind)
    assert "entry 3 of account b is gone" in (flaw(database) or "")
    with aged.unguarded(database) as connection:
        for table in (AuditCheckpointHead, AuditCheckpoint):
            connection.execute(delete(table))
    assert secmon("verify").exit_code == 0
    found = secmon("verify", "--checkpoint", str(file))
    assert (found.exit_code, "is not, or is another one, in the database" in found.output) == (1, True)


def test_one_made_anew_over_the_cut_is_another_one(database: Database, tmp_path: Path) -> None:
    """Whoever has the command line and the database, too: the file is what they do not have."""
    file = tmp_path / "checkpoint.json"
    secmon("checkpoint", "--out", str(file))
    with aged.unguarded(database) as connection:
        everything_of(connection, "b", 2)
        for table in (AuditCheckpointHead, AuditCheckpoint):
            connection.execute(delete(table))
    assert secmon("checkpoint").exit_code == 0
    assert secmon("verify").exit_code == 0
    assert secmon("verify", "--checkpoint", str(file)).exit_code == 1


THIRD = update(AuditCheckpoint).where(AuditCheckpoint.number == 3)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (update(AuditCheckpointHead).values(sequence=2), "is another one"),
        (delete(AuditCheckpointHead).where(AuditCheckpointHead.account_id == "b"), "list of heads"),
        (
            THIRD.values(statement=func.replace(AuditCheckpoint.statement, "2026", "2025")),
            "was changed after",
        ),
        (THIRD.values(signature="e30.e30.e30"), "its signature is not valid"),
        (THIRD.values(number=7), "does not follow"),
        (delete(AuditCheckpoint).where(AuditCheckpoint.number == 2), "does not follow"),
    ],
)
def test_a_stored_checkpoint_that_was_changed_is_found(database: Database, change: Any, why: str) -> None:
    for _ in range(3):
        make(database)
        aged.record(database, "a", 1)
    assert flaw(database) is None
    with aged.unguarded(database) as connection:
        for table in ("audit_checkpoints", "audit_checkpoint_heads"):
            if database.engine.dialect.name == "postgresql":
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(change)
    assert why in (flaw(database) or "")


def test_each_names_the_chains_that_grew_since_the_one_before(database: Database, clock: FakeClock) -> None:
    make(database)
    aged.record(database, "b", 1)
    clock.advance(HOUR)
    make(database)
    heads = select(AuditCheckpointHead.account_id, AuditCheckpointHead.sequence)
    with database.work(SYSTEM, write=False) as work:
        second = work.session.execute(heads.where(AuditCheckpointHead.number == 2)).all()
    assert [tuple(head) for head in second] == [("b", 4)]
    assert flaw(database) is None


def test_many_entries_are_passed_piece_by_piece(database: Database, clock: FakeClock) -> None:
    aged.record(database, "c", checkpoints.ENTRIES_A_PIECE)
    clock.advance(HOUR)
    daily = in_one_work(lambda work: checkpoints.make_due(work, KEYS))
    assert [daily(database) for _ in range(3)] == [1, 1, 0]
    assert flaw(database) is None
    with database.work(SYSTEM, write=False) as work:
        seen = work.session.execute(
            select(AuditCheckpointHead.account_id, func.max(AuditCheckpointHead.sequence)).group_by(
                AuditCheckpointHead.account_id
            )
        )
        assert {row[0]: row[1] for row in seen} == {"a": 3, "b": 3, "c": checkpoints.ENTRIES_A_PIECE}


def test_the_worker_makes_one_a_day_whether_or_not_something_happened(
    database: Database, clock: FakeClock
) -> None:
    daily = in_one_work(lambda work: checkpoints.make_due(work, KEYS))
    assert [daily(database), daily(database)] == [1, 0]
    clock.advance(23 * HOUR)
    assert daily(database) == 0
    clock.advance(HOUR)
    assert [daily(database), daily(database)] == [1, 0]
    assert stored(database) == 2


def test_what_was_pruned_was_not_cut(database: Database, clock: FakeClock) -> None:
    make(database)
    clock.advance(timedelta(days=300))
    aged.record(database, "a", 1)
    clock.advance(timedelta(days=3600))
    aged.record(database, "a", 1)
    assert aged.prune(database) > 0
    with database.work(SYSTEM, write=False) as work:
        assert work.session.scalar(select(func.count()).select_from(AuditAnchor)) == 2
    assert flaw(database) is None


def test_old_checkpoints_go_with_old_entries(database: Database, clock: FakeClock) -> None:
    make(database)
    clock.advance(timedelta(days=4000))
    for _ in range(2):
        make(database)
    with database.work(SYSTEM) as work:
        assert checkpoints.prune(work, work.now - timedelta(days=3653), 10) == 1
    assert (stored(database), flaw(database)) == (2, None)


def test_they_are_signed_with_the_records_own_keys(database: Database, clock: FakeClock) -> None:
    with database.work(SYSTEM) as work:
        signing_keys.ensure(work, KEYS)
    make(database)
    clock.advance(HOUR)
    with database.work(SYSTEM) as work:
        record_keys.add(work, KEYS)
    make(database)
    with database.work(SYSTEM, write=False) as work:
        newest_first = select(AuditCheckpoint.signature).order_by(AuditCheckpoint.number.desc())
        signers = [signer_of(signature) for signature in work.session.scalars(newest_first)]
        assert signers == [key.thumbprint() for key in record_keys.trusted(work, KEYS)]
    # What the former key signed is still good.
    assert flaw(database) is None


def signer_of(signature: str) -> str:
    return str(jws.extract_compact(signature.encode()).headers()["kid"])
