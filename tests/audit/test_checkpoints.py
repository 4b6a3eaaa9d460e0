"""R52: signed checkpoints; one that was kept elsewhere proves that nothing that it saw was cut off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, delete, func, text, update

from secmon.audit.models import (
    AuditCheckpoint,
    AuditCheckpointHead,
    AuditEntry,
    AuditReason,
)
from secmon.cli.main import root
from secmon.database.engine import Database
from tests.audit import aged
from tests.audit.checkpointing import flaw, make


def secmon(*arguments: str) -> Result:
    return CliRunner().invoke(root, ["audit", *arguments])


def everything_of(connection: Connection, account_id: str, behind: int = 0) -> None:
    for table in (AuditReason, AuditEntry):
        mine = (table.account_id == account_id) & (table.sequence > behind)
        connection.execute(delete(table).where(mine))


def test_a_checkpoint_that_was_kept_proves_that_all_is_still_there(
    two_chains: Database, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoint.json"
    assert secmon("checkpoint", "--out", str(file)).exit_code == 0
    aged.record(two_chains, "a", 2)
    found = secmon("verify", "--checkpoint", str(file))
    assert (found.exit_code, "every chain holds what they saw" in found.output) == (0, True), found.output
    assert json.loads(file.read_text("utf-8"))["checkpoint"]["heads"] == 2


@pytest.mark.parametrize("behind", [0, 2])
def test_a_tail_that_was_cut_off_is_found_by_the_file(
    two_chains: Database, tmp_path: Path, behind: int
) -> None:
    """The owner of the database takes all that knows of it there, too."""
    file = tmp_path / "checkpoint.json"
    secmon("checkpoint", "--out", str(file))
    with aged.unguarded(two_chains) as connection:
        everything_of(connection, "b", behind)
    assert "entry 3 of account b is gone" in (flaw(two_chains) or "")
    with aged.unguarded(two_chains) as connection:
        for table in (AuditCheckpointHead, AuditCheckpoint):
            connection.execute(delete(table))
    assert secmon("verify").exit_code == 0
    found = secmon("verify", "--checkpoint", str(file))
    assert (found.exit_code, "is not, or is another one, in the database" in found.output) == (1, True)


def test_one_made_anew_over_the_cut_is_another_one(two_chains: Database, tmp_path: Path) -> None:
    """Whoever has the command line and the database, too: the file is what they do not have."""
    file = tmp_path / "checkpoint.json"
    secmon("checkpoint", "--out", str(file))
    with aged.unguarded(two_chains) as connection:
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
def test_a_stored_checkpoint_that_was_changed_is_found(two_chains: Database, change: Any, why: str) -> None:
    for _ in range(3):
        make(two_chains)
        aged.record(two_chains, "a", 1)
    assert flaw(two_chains) is None
    with aged.unguarded(two_chains) as connection:
        for table in ("audit_checkpoints", "audit_checkpoint_heads"):
            if two_chains.engine.dialect.name == "postgresql":
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(change)
    assert why in (flaw(two_chains) or "")
