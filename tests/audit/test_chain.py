"""The chain shows every change to it, names the first broken link, and lets words be erased."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, delete, insert, select, text, update

from secmon.audit import service as audit
from secmon.audit.models import AuditEntry, AuditReason
from secmon.audit.verify import ERASED, ROWS_A_READ, Verification, verify
from secmon.cli.main import root
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from tests.databases import fresh_database

LENGTH = 5


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def url(request: pytest.FixtureRequest) -> str:
    """A database of these tests' own: they break what others prove whole."""
    return fresh_database(request.param)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(make_engine(url))
    yield opened
    opened.dispose()


@pytest.fixture
def chain(database: Database, account_id: str) -> str:
    """An account with five entries, written in two transactions; all but the first with a reason."""
    for nth in range(LENGTH):
        with database.work(SYSTEM) as work:
            audit.record(
                work, account_id, "test.done", reason=f"because {nth}" if nth else None, facts={"nth": nth}
            )
    return account_id


@contextmanager
def unguarded(database: Database) -> Iterator[Connection]:
    """A connection of somebody who owns the database, and takes the guards away."""
    with database.engine.begin() as connection:
        if database.engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER IF EXISTS audit_entries_stay_update"))
            connection.execute(text("DROP TRIGGER IF EXISTS audit_entries_stay_delete"))
        yield connection


def verdict(database: Database, account_id: str) -> Verification:
    with database.work(SYSTEM, write=False) as work:
        return verify(work, account_id)


def entry(account_id: str, sequence: int) -> Any:
    return (AuditEntry.account_id == account_id) & (AuditEntry.sequence == sequence)


def test_an_untouched_chain_holds(database: Database, chain: str) -> None:
    assert verdict(database, chain) == Verification(LENGTH, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"action": "test.undone"},
        {"actor_id": "somebody else"},
        {"actor_name": "Somebody Else"},
        {"address": "203.0.113.1"},
        {"subject": "another"},
        {"facts": '{"nth":7}'},
        {"hash": bytes(32)},
        {"previous_hash": bytes(32)},
        {"reason_digest": bytes(32)},
    ],
)
def test_a_changed_entry_is_found(database: Database, chain: str, change: dict[str, Any]) -> None:
    with unguarded(database) as connection:
        connection.execute(update(AuditEntry).where(entry(chain, 3)).values(change))
    flaw = verdict(database, chain).flaw
    assert flaw is not None
    assert (flaw.account_id, flaw.sequence) == (chain, 3)


@pytest.mark.parametrize("sequence", [1, 3])
def test_a_removed_entry_is_found(database: Database, chain: str, sequence: int) -> None:
    with unguarded(database) as connection:
        connection.execute(delete(AuditEntry).where(entry(chain, sequence)))
    flaw = verdict(database, chain).flaw
    assert flaw is not None
    assert flaw.why == f"entry {sequence} is missing"


def test_an_entry_that_was_written_anew_breaks_the_next_link(database: Database, chain: str) -> None:
    with unguarded(database) as connection:
        forged = connection.execute(select(AuditEntry.hash).where(entry(chain, 1))).scalar_one()
        connection.execute(delete(AuditEntry).where(entry(chain, 2)))
        second = connection.execute(select(*AuditEntry.__table__.c).where(entry(chain, 3))).mappings().one()
        connection.execute(insert(AuditEntry).values({**second, "sequence": 2, "previous_hash": forged}))
    assert verdict(database, chain).flaw is not None


def test_a_changed_reason_is_found(database: Database, chain: str) -> None:
    with database.work(SYSTEM) as work:
        mine = (AuditReason.account_id == chain) & (AuditReason.sequence == 2)
        work.session.execute(update(AuditReason).where(mine).values(reason="because I say so"))
    flaw = verdict(database, chain).flaw
    assert flaw is not None
    assert (flaw.sequence, flaw.why) == (2, "its reason was changed after it was written")


def test_reasons_may_go_with_an_erasure_and_not_without(database: Database, chain: str) -> None:
    with database.work(SYSTEM) as work:
        audit.erase(work, chain)
    flaw = verdict(database, chain).flaw
    assert flaw is not None
    assert (flaw.sequence, flaw.why) == (2, "its reason is gone, and no erasure was recorded")
    with database.work(SYSTEM) as work:
        audit.record(work, chain, ERASED)
    assert verdict(database, chain).flaw is None


def test_several_entries_of_one_transaction_follow_each_other(database: Database, account_id: str) -> None:
    with database.work(SYSTEM) as work:
        assert [audit.record(work, account_id, "test.done") for _ in range(3)] == [1, 2, 3]
    assert verdict(database, account_id) == Verification(3, 1)


def test_a_long_chain_is_read_in_pieces(database: Database, account_id: str) -> None:
    count = ROWS_A_READ + 1
    with database.work(SYSTEM) as work:
        for _ in range(count):
            audit.record(work, account_id, "test.done")
    heard: list[int] = []
    with database.work(SYSTEM, write=False) as work:
        assert verify(work, account_id, heard.append) == Verification(count, 1)
    assert heard == [ROWS_A_READ, count]


def test_the_command_names_the_first_broken_link(
    database: Database, url: str, chain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECMON_DATABASE_URL", url)
    monkeypatch.setenv("SECMON_KEYS", f"test={'A' * 43}=")
    whole = CliRunner().invoke(root, ["audit", "verify", "--account", chain])
    assert (whole.exit_code, "every link holds" in whole.output) == (0, True)
    with unguarded(database) as connection:
        connection.execute(update(AuditEntry).where(entry(chain, 3)).values(action="test.undone"))
    broken = CliRunner().invoke(root, ["audit", "verify", "--account", chain])
    assert broken.exit_code == 1
    assert f"entry 3 of account {chain}" in broken.output


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_reason_that_is_gone_is_found_in_whichever_chain(kind: str) -> None:
    """Also where another chain, all whole, is walked behind it."""
    alone = Database(make_engine(fresh_database(kind)))
    with alone.work(SYSTEM) as work:
        for account_id in ("first", "second"):
            audit.record(work, account_id, "test.done", reason="because")
    with alone.work(SYSTEM) as work:
        audit.erase(work, "first")
    with alone.work(SYSTEM, write=False) as work:
        flaw = verify(work).flaw
    alone.dispose()
    assert flaw is not None
    assert (flaw.account_id, flaw.why) == ("first", "its reason is gone, and no erasure was recorded")
