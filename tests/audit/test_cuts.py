"""Nothing but an honest pruning shortens a chain unseen, whoever owns the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from secmon.audit.models import AuditAnchor, AuditEntry, AuditReason
from secmon.audit.verify import Flaw
from secmon.core.clock import system_clock
from secmon.database import migrating
from secmon.database.engine import Database, make_engine
from tests.audit.aged import DAY, four_old_and_two_young, left, prune, record, unguarded, verdict
from tests.databases import fresh_database

TOO_SOON = "entries before it were removed sooner than any may be"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    opened = Database(make_engine(fresh_database(request.param)))
    yield opened
    opened.dispose()


@pytest.fixture
def pruned(database: Database) -> str:
    """A chain that begins with its fourth entry, behind an anchor at the third."""
    chain = four_old_and_two_young(database)
    prune(database)
    return chain


def cut(database: Database, chain: str, upto: int, pruned_at: datetime, **forged: Any) -> None:
    """The owner of the database removes entries up to a number, and places the anchor that fits."""
    with unguarded(database) as connection:
        last = (AuditEntry.account_id == chain) & (AuditEntry.sequence == upto)
        hashed = connection.execute(select(AuditEntry.hash).where(last)).scalar_one()
        connection.execute(delete(AuditAnchor))
        anchor = {"account_id": chain, "sequence": upto, "hash": hashed, "pruned_at": pruned_at}
        connection.execute(insert(AuditAnchor).values({**anchor, **forged}))
        for table in (AuditReason, AuditEntry):
            connection.execute(delete(table).where(table.account_id == chain, table.sequence <= upto))


@pytest.mark.parametrize("sequence", [4, 5, 6])
def test_a_changed_entry_of_a_pruned_chain_is_named(database: Database, pruned: str, sequence: int) -> None:
    changed = (AuditEntry.account_id == pruned) & (AuditEntry.sequence == sequence)
    with unguarded(database) as connection:
        connection.execute(update(AuditEntry).where(changed).values(action="test.undone"))
    assert verdict(database).flaw == Flaw(pruned, sequence, "was changed after it was written")


def test_an_entry_missing_behind_the_anchor_is_named(database: Database, pruned: str) -> None:
    with unguarded(database) as connection:
        connection.execute(delete(AuditEntry).where(AuditEntry.sequence == 4))
        connection.execute(delete(AuditReason).where(AuditReason.sequence == 4))
    found = verdict(database).flaw
    assert found is not None
    assert (found.account_id, found.sequence) == (pruned, 5)


def test_a_chain_without_its_anchor_is_broken(database: Database, pruned: str) -> None:
    with unguarded(database) as connection:
        connection.execute(delete(AuditAnchor))
    assert verdict(database).flaw == Flaw(pruned, 4, "entry 1 is missing")


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"hash": bytes(32)}, "does not follow the entry before it"),
        ({"sequence": 2}, "entry 3 is missing"),
        ({"sequence": 5}, "entry 6 is missing"),
    ],
)
def test_an_anchor_that_was_changed_is_found(
    database: Database, pruned: str, forged: dict[str, Any], why: str
) -> None:
    with unguarded(database) as connection:
        connection.execute(update(AuditAnchor).values(forged))
    assert verdict(database).flaw == Flaw(pruned, 4, why)


@pytest.mark.parametrize("ahead", [timedelta(), 1000 * DAY])
def test_a_cut_among_young_entries_is_found_whatever_its_anchor_says(
    database: Database, ahead: timedelta
) -> None:
    """The hash of the first entry that is left says how young it is."""
    record(database, "a", 4)
    cut(database, "a", 2, system_clock() + ahead)
    assert verdict(database).flaw == Flaw("a", 3, TOO_SOON)


def test_a_chain_that_was_removed_behind_its_anchor_is_found(database: Database, pruned: str) -> None:
    with unguarded(database) as connection:
        for table in (AuditReason, AuditEntry):
            connection.execute(delete(table).where(table.account_id == pruned))
    assert verdict(database).flaw == Flaw(pruned, 4, "entry 4 is missing")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM audit_entries WHERE sequence = 5",
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET action = 'test.undone'",
        "DELETE FROM audit_anchors",
        "UPDATE audit_anchors SET sequence = 2",
        "UPDATE audit_anchors SET sequence = 5",
        "UPDATE audit_anchors SET account_id = 'b'",
        # The right hash, but it is the last entry; the right entry, but another hash.
        "UPDATE audit_anchors SET sequence = 6, hash = (SELECT hash FROM audit_entries WHERE sequence = 6)",
        "INSERT INTO audit_anchors SELECT 'b', sequence, hash, pruned_at FROM audit_anchors",
    ],
)
def test_the_owner_does_not_cut_a_chain_by_accident(database: Database, pruned: str, change: str) -> None:
    before = left(database)
    with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(change))
    assert left(database) == before
    assert verdict(database).flaw is None
    assert before[0] == (pruned, 4)


def test_the_schema_does_not_go_back_behind_anchors(database: Database, pruned: str) -> None:
    with pytest.raises(RuntimeError, match="audit chains were pruned"):
        migrating.downgrade(database.engine, "0010")
    assert migrating.current(database.engine) == "0011"
    assert left(database)[0] == (pruned, 4)
