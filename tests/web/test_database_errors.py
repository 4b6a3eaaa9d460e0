"""What the database refuses: done again where that helps, else 503 and soon (F04, F05, F12, F13)."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from secmon.core.actor import SYSTEM
from secmon.database.errors import is_transient, is_unavailable
from tests.databases import fresh_database
from tests.web.probe import Probe
from tests.web.probe_routes import THINGS

_serial = itertools.count(1)


@pytest.fixture
def client(postgres_probe: Probe) -> Iterator[httpx.Client]:
    with postgres_probe.client() as client:
        yield client


@pytest.fixture
def row(postgres_probe: Probe) -> str:
    return _row(postgres_probe)


def _row(probe: Probe) -> str:
    name = f"row-{next(_serial)}"
    with probe.database.work(SYSTEM) as work:
        work.session.execute(insert(THINGS).values(name=name, count=0))
    return name


def _count(probe: Probe, name: str) -> int | None:
    with probe.database.work(SYSTEM, write=False) as work:
        return work.session.scalar(select(THINGS.c.count).where(THINGS.c.name == name))


def assert_unavailable(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


def test_f12_of_two_that_deadlock_both_succeed_once(postgres_probe: Probe, client: httpx.Client) -> None:
    one, other = _row(postgres_probe), _row(postgres_probe)
    with ThreadPoolExecutor(2) as pool:
        paths = [f"/v1/things/swap/{one}/{other}", f"/v1/things/swap/{other}/{one}"]
        answers = list(pool.map(client.post, paths))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [_count(postgres_probe, name) for name in (one, other)] == [2, 2]


def test_f05_a_lock_not_had_in_time_is_a_503(postgres_probe: Probe, client: httpx.Client, row: str) -> None:
    with postgres_probe.database.work(SYSTEM) as work:
        work.session.execute(select(THINGS).where(THINGS.c.name == row).with_for_update())
        assert_unavailable(client.post(f"/v1/things/lock/{row}"))
    assert client.post(f"/v1/things/lock/{row}").status_code == 200


def test_f05_a_slow_statement_is_a_503(client: httpx.Client) -> None:
    assert_unavailable(client.post("/v1/things/dream"))


def test_f13_an_exhausted_pool_is_a_503_and_not_a_wait_without_end() -> None:
    probe = Probe(fresh_database("postgresql"), threads=1)
    with probe.client() as client, probe.database.work(SYSTEM) as work:
        work.session.execute(text("SELECT 1"))
        # The client gives up long after the pool has to.
        assert_unavailable(client.get("/v1/things?name=x"))
    probe.stop()


def test_a_lost_connection_costs_one_answer_and_is_then_replaced() -> None:
    probe = Probe(fresh_database("postgresql"), threads=1)
    with probe.client() as client:
        assert client.get("/v1/things?name=x").status_code == 200
        _end_other_sessions(str(probe.settings.database_url))
        assert_unavailable(client.get("/v1/things?name=x"))
        assert client.get("/v1/things?name=x").status_code == 200
    probe.stop()


def _end_other_sessions(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a27_a_wrong_statement_is_our_mistake_and_says_nothing(client: httpx.Client) -> None:
    answer = client.post("/v1/things/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert set(answer.json()) == {"type", "title", "status", "detail", "code", "request_id"}


@pytest.mark.parametrize(
    ("error", "unavailable", "transient"),
    [
        (psycopg.errors.DeadlockDetected(), True, True),
        (psycopg.errors.SerializationFailure(), True, True),
        (psycopg.errors.LockNotAvailable(), True, False),
        (psycopg.errors.QueryCanceled(), True, False),
        (psycopg.errors.AdminShutdown(), True, False),
        (psycopg.errors.TooManyConnections(), True, False),
        (psycopg.errors.DiskFull(), True, False),
        (psycopg.OperationalError("connection refused"), True, False),
        (PoolTimeout(), True, False),
        (psycopg.errors.UniqueViolation(), False, False),
        (psycopg.errors.UndefinedColumn(), False, False),
        (psycopg.ProgrammingError(), False, False),
        (sqlite3.IntegrityError(), False, False),
        (ValueError(), False, False),
    ],
)
def test_which_errors_are_the_database_s_and_which_are_ours(
    error: Exception, unavailable: bool, transient: bool
) -> None:
    assert (is_unavailable(error), is_transient(error)) == (unavailable, transient)
    wrapped = DBAPIError("SELECT 1", {}, error) if not isinstance(error, PoolTimeout) else error
    assert (is_unavailable(wrapped), is_transient(wrapped)) == (unavailable, transient)


def test_a_locked_sqlite_file_is_a_503_and_a_missing_table_is_not(tmp_path: object) -> None:
    file = f"{tmp_path}/locked.db"
    with sqlite3.connect(file, isolation_level=None) as holder, sqlite3.connect(file, timeout=0) as other:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError) as locked:
            other.execute("CREATE TABLE things (name)")
        holder.execute("ROLLBACK")
        with pytest.raises(sqlite3.OperationalError) as missing:
            other.execute("SELECT * FROM nothing")
    assert (is_unavailable(locked.value), is_unavailable(missing.value)) == (True, False)
