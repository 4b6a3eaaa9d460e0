"""R52, A79: only the service writes an entry that is proven, whatever else its database role may do."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, select, update

from secmon.audit import checkpoints, sealing
from secmon.audit import service as audit
from secmon.audit.models import AuditEntry, AuditKey
from secmon.audit.sealing import ROLLED_OUT_WITHIN, Sealing
from secmon.audit.verify import Verification, verify
from secmon.core.actor import SYSTEM
from secmon.database import migrating
from secmon.database.engine import Database, make_engine
from secmon.sealing.keyring import KeyRing, KeyRingError
from tests.audit import forging
from tests.databases import empty_database, fresh_database
from tests.service import START, TEST_KEYS, FakeClock

ROLE = "secmon_app"
NO_MAC = "was not written by the service: it has no MAC"
WRONG_MAC = "was not written by the service: its MAC is wrong"
DATED_BACK = f"{NO_MAC}, and was not there when it says that it was"
HOUR = timedelta(hours=1)


def opened(url: str, clock: FakeClock) -> Database:
    return Database(make_engine(url), clock, Sealing(TEST_KEYS))


def of_the_role() -> str:
    """The URL of a migrated PostgreSQL database as the role sees it that the service runs under."""
    url = make_url(empty_database("postgresql"))
    owner = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(ROLE)))
    engine = make_engine(url.render_as_string(hide_password=False))
    migrating.upgrade(engine)
    engine.dispose()
    return url.set(username=ROLE).render_as_string(hide_password=False)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Database]:
    """A new installation, opened with no more rights than the service has."""
    url = of_the_role() if request.param == "postgresql" else fresh_database("sqlite")
    found = opened(url, clock)
    yield found
    found.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Database]:
    """One whose previous release has written three entries, which have no MAC."""
    url = fresh_database(request.param)
    before = Database(make_engine(url), clock)
    for _ in range(3):
        record(before, "old")
    before.dispose()
    clock.advance(HOUR)
    found = opened(url, clock)
    yield found
    found.dispose()


def record(database: Database, account_id: str) -> None:
    with database.work(SYSTEM) as work:
        audit.record(work, account_id, "test.done", reason="because")


def verdict(database: Database, account_id: str | None = None) -> Verification:
    with database.work(SYSTEM, write=False) as work:
        return verify(work, account_id)


def why(database: Database) -> str | None:
    flaw = verdict(database).flaw
    return None if flaw is None else flaw.why


def checkpoint(database: Database) -> None:
    with database.work(SYSTEM) as work:
        checkpoints.make(work, TEST_KEYS)


@pytest.mark.parametrize("account_id", ["a", "never-seen", audit.SERVICE_CHAIN])
def test_A79_an_entry_inserted_with_the_applications_rights_is_found(
    database: Database, clock: FakeClock, account_id: str
) -> None:
    record(database, "a")
    assert verdict(database) == Verification(1, 1)
    forging.append(database.engine, account_id, clock())
    assert why(database) == NO_MAC


@pytest.mark.parametrize("at", [START - 1000 * HOUR, START + 1000 * HOUR])
def test_A79_whatever_time_it_claims(database: Database, at: datetime) -> None:
    record(database, "a")
    forging.append(database.engine, "b", at)
    assert why(database) == NO_MAC


def test_A79_a_mac_of_another_entry_or_under_another_key_is_none(
    database: Database, clock: FakeClock
) -> None:
    record(database, "a")
    with database.engine.begin() as connection:
        key_id, mac = connection.execute(select(AuditEntry.key_id, AuditEntry.mac)).one()
    forging.append(database.engine, "b", clock(), key_id=key_id, mac=mac)
    assert why(database) == WRONG_MAC


def test_A79_a_key_of_ones_own_vouches_for_nothing(database: Database, clock: FakeClock) -> None:
    record(database, "a")
    own = sealing.MacKey(uuid.uuid4(), b"\x01" * 32, START)
    theirs = KeyRing({"test": b"\x02" * 32}, "test")
    with database.work(SYSTEM) as work:
        sealed = theirs.encrypt(b"{}", sealing.context(own.key_id))
        work.session.add(AuditKey(key_id=own.key_id, sealed_key=sealed, created_at=clock()))
    forging.append(database.engine, "a", clock())
    assert why(database) == NO_MAC
    forging.append(database.engine, "A", clock(), key_id=own.key_id, mac=own.mac(b"anything"))
    assert why(database) == WRONG_MAC


def test_entries_of_the_previous_release_need_no_mac(upgraded: Database) -> None:
    assert verdict(upgraded) == Verification(3, 1)
    record(upgraded, "old")
    assert verdict(upgraded) == Verification(4, 1)


def test_the_previous_release_may_go_on_while_the_new_one_is_rolled_out(
    upgraded: Database, clock: FakeClock
) -> None:
    record(upgraded, "old")
    forging.append(upgraded.engine, "old", clock())
    assert verdict(upgraded) == Verification(5, 1)
    clock.advance(ROLLED_OUT_WITHIN)
    forging.append(upgraded.engine, "old", clock())
    assert why(upgraded) == NO_MAC


def test_A79_an_entry_dated_back_to_before_there_were_macs_is_found(
    upgraded: Database, clock: FakeClock
) -> None:
    record(upgraded, "new")
    clock.advance(2 * ROLLED_OUT_WITHIN)
    checkpoint(upgraded)
    assert verdict(upgraded) == Verification(4, 2)
    forging.append(upgraded.engine, "old", START)
    assert why(upgraded) == DATED_BACK


def test_a_rotation_of_the_ring_changes_no_mac(database: Database, clock: FakeClock) -> None:
    record(database, "a")
    both = KeyRing({**TEST_KEYS.keys, "next": b"\x03" * 32}, "next")
    with database.work(SYSTEM) as work:
        row = work.session.scalars(select(AuditKey)).one()
        context = sealing.context(row.key_id)
        moved = both.encrypt(both.decrypt(row.sealed_key, context), context)
        work.session.execute(update(AuditKey).values(sealed_key=moved))
    rotated = Database(database.engine, clock, Sealing(KeyRing({"next": b"\x03" * 32}, "next")))
    record(rotated, "a")
    assert verdict(rotated) == Verification(2, 1)


def test_without_its_keys_nothing_is_proven_or_recorded(database: Database, clock: FakeClock) -> None:
    record(database, "a")
    for recorder in (None, Sealing(KeyRing({"test": b"\x04" * 32}, "test"))):
        with pytest.raises(KeyRingError):
            verdict(Database(database.engine, clock, recorder))
    with pytest.raises(KeyRingError):
        record(Database(database.engine, clock, Sealing(KeyRing({"test": b"\x04" * 32}, "test"))), "a")


def test_two_processes_make_one_key(database: Database, clock: FakeClock) -> None:
    for _ in range(2):
        record(Database(database.engine, clock, Sealing(TEST_KEYS)), "a")
    with database.work(SYSTEM, write=False) as work:
        assert len(work.session.scalars(select(AuditKey)).all()) == 1
