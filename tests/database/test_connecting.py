"""A server that falls silent is given up by its client, for nobody else would (F04)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from secmon.core.actor import SYSTEM
from secmon.database.connecting import BoundedConnection, Connecting
from secmon.database.engine import SILENCE_S, Database, make_engine
from tests.databases import fresh_database, postgres_url

MEET_WITHIN_S = 30
# The shortest that psycopg takes, in seconds.
CONNECT_TIMEOUT_S = 2
AT_ONCE = "the database is away"


@pytest.fixture
def bounded() -> Iterator[BoundedConnection]:
    with BoundedConnection.connect(postgres_url().replace("+psycopg", "")) as connection:
        connection.answers_within_s = 0.3
        yield connection


@pytest.fixture
def silent() -> Iterator[dict[str, Any]]:
    """How to reach a server that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        yield {"host": "127.0.0.1", "port": port, "connect_timeout": CONNECT_TIMEOUT_S}


def _sleep(connection: BoundedConnection) -> None:
    connection.execute("SELECT pg_sleep(5)").fetchall()


def _sleep_in_a_pipeline(connection: BoundedConnection) -> None:
    with connection.pipeline():
        _sleep(connection)


@pytest.mark.parametrize("ask", [_sleep, _sleep_in_a_pipeline])
def test_an_answer_that_does_not_come_is_given_up_and_its_connection_with_it(
    bounded: BoundedConnection, ask: Callable[[BoundedConnection], None]
) -> None:
    bounded.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        ask(bounded)
    assert bounded.closed


def test_what_the_server_says_itself_costs_no_connection(bounded: BoundedConnection) -> None:
    bounded.execute("SET statement_timeout = 50")
    with pytest.raises(psycopg.errors.QueryCanceled):
        bounded.execute("SELECT pg_sleep(5)")
    bounded.rollback()
    assert bounded.execute("SELECT 1").fetchone() == (1,)


def test_a_unit_of_work_waits_little_longer_than_a_statement_may_take() -> None:
    engine = make_engine(fresh_database("postgresql"), pool_size=1, statement_timeout_ms=100)
    database = Database(engine)
    with database.work(SYSTEM) as work:
        # As a server that does not keep to its own limit.
        work.session.execute(text("SET statement_timeout = 0"))
        with pytest.raises(OperationalError):
            work.session.execute(text(f"SELECT pg_sleep({SILENCE_S + 10})"))
        work.session.rollback()
    with database.work(SYSTEM) as work:
        assert work.session.scalar(text("SELECT 1")) == 1
    database.dispose()


def test_while_the_server_is_away_one_attempt_at_a_time_is_made(silent: dict[str, Any]) -> None:
    connecting, meet = Connecting(None), Barrier(2)
    with pytest.raises(psycopg.OperationalError):
        connecting(**silent)

    def attempt(_nth: int) -> bool:
        """Whether it failed at once, for another one was under way."""
        meet.wait(MEET_WITHIN_S)
        with pytest.raises(psycopg.OperationalError) as failed:
            connecting(**silent)
        return str(failed.value) == AT_ONCE

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == [False, True]


def test_the_first_attempt_that_succeeds_ends_that(silent: dict[str, Any]) -> None:
    connecting = Connecting(None)
    with pytest.raises(psycopg.OperationalError):
        connecting(**silent)
    url = make_url(postgres_url())
    for _ in range(2):
        connecting(host=url.host, port=url.port, user=url.username, dbname=url.database).close()
