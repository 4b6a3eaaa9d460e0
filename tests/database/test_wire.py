"""Statements through libpq: values as they were, the first error, and no answer taken for another's."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secmon.database import wire
from secmon.database.connecting import BoundedConnection, Connecting
from secmon.database.wire import COMMIT, Command, Sent, begin_of, exchange
from tests.databases import fresh_database

ONE = Command("SELECT %(n)s::integer")
FAILS = Command("SELECT 1 / %(n)s::integer")
# More than the buffers of both ends of a connection hold.
LARGE = "x" * (8 << 20)


AT = datetime(2026, 2, 28, 23, 59, 59, 120_000, UTC)


class Colour(StrEnum):
    RED = "red"


@pytest.fixture(scope="module")
def url() -> str:
    return fresh_database("postgresql").replace("+psycopg", "")


@pytest.fixture
def connection(url: str) -> Iterator[BoundedConnection]:
    with Connecting(5.0)(conninfo=url) as opened:
        yield opened


def kept(connection: BoundedConnection, kind: str, value: Any) -> Any:
    """The value as it comes back, of a parameter and of a column of that type."""
    ((row,),) = exchange(connection, [(Command(f"SELECT %(v)s::{kind}"), {"v": value})])
    return row[0]


@pytest.mark.parametrize(
    ("kind", "value", "back"),
    [
        ("text", "中 '\\ %s $1", "中 '\\ %s $1"),
        ("varchar", Colour.RED, "red"),
        ("text", None, None),
        ("bigint", -(2**62), -(2**62)),
        ("smallint", 7, 7),
        ("boolean", True, True),
        ("boolean", False, False),
        ("double precision", 0.1, 0.1),
        ("bytea", b"\x00\xff", b"\x00\xff"),
        (
            "timestamptz",
            datetime(2026, 2, 28, 23, 59, 59, 120_000, UTC),
            datetime(2026, 2, 28, 23, 59, 59, 120_000, UTC),
        ),
        ("uuid", uuid.UUID(int=5), uuid.UUID(int=5)),
        ("jsonb", '{"a": [1, null]}', {"a": [1, None]}),
        ("integer[]", "{1,2}", [1, 2]),
    ],
)
def test_a_value_comes_back_as_it_was(
    connection: BoundedConnection, kind: str, value: Any, back: Any
) -> None:
    found = kept(connection, kind, value)
    assert (found, type(found)) == (back, type(back))


@settings(deadline=None, max_examples=50)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_comes_back_as_it_was(url: str, text: str) -> None:
    with Connecting(5.0)(conninfo=url) as opened:
        assert kept(opened, "text", text) == text


def test_text_with_a_nul_is_refused_and_not_cut_off(connection: BoundedConnection) -> None:
    with pytest.raises(psycopg.DataError):
        kept(connection, "text", "a\0b")
    # Nothing was sent: whoever sends one does not cost a connection.
    assert not connection.closed
    assert kept(connection, "text", "a") == "a"


def test_rows_come_in_the_order_of_what_was_sent(connection: BoundedConnection) -> None:
    sent: list[Sent] = [(ONE, {"n": n}) for n in range(200)]
    assert exchange(connection, [*begin_of(connection), *sent, COMMIT])[1:-1] == [[(n,)] for n in range(200)]
    assert begin_of(connection) != ()


def test_the_first_error_is_told_and_the_connection_rolls_back(connection: BoundedConnection) -> None:
    for _ in range(3):
        with pytest.raises(psycopg.errors.DivisionByZero):
            exchange(
                connection,
                [*begin_of(connection), (ONE, {"n": 1}), (FAILS, {"n": 0}), (ONE, {"n": 2}), COMMIT],
            )
        assert not connection.closed
        connection.rollback()
    assert exchange(connection, [(FAILS, {"n": 1})]) == [[(1,)]]


def test_what_was_not_prepared_for_an_error_in_front_is_prepared_the_next_time(
    connection: BoundedConnection,
) -> None:
    behind = Command("SELECT 5 + %(n)s::integer")
    with pytest.raises(psycopg.errors.DivisionByZero):
        exchange(connection, [(FAILS, {"n": 0}), (behind, {"n": 1})])
    assert exchange(connection, [(behind, {"n": 1})]) == [[(6,)]]


def test_psycopg_goes_on_in_the_transaction_that_was_begun_here(connection: BoundedConnection) -> None:
    exchange(
        connection,
        [*begin_of(connection), (Command("CREATE TABLE begun (n integer)", returns_rows=False), {})],
    )
    assert connection.execute("SELECT count(*) FROM begun").fetchone() == (0,)
    connection.rollback()
    assert connection.execute("SELECT to_regclass('begun')").fetchone() == (None,)


def test_much_goes_out_while_much_comes_back(connection: BoundedConnection) -> None:
    echo = Command("SELECT %(v)s::text")
    found = exchange(connection, [(echo, {"v": LARGE})] * 4)
    assert [len(row[0]) for (row,) in found] == [len(LARGE)] * 4


def test_a_silent_server_is_given_up_and_the_connection_with_it(connection: BoundedConnection) -> None:
    connection.answers_within_s = 0.2
    with pytest.raises(psycopg.OperationalError):
        exchange(connection, [(Command("SELECT pg_sleep(5)"), {})])
    assert connection.closed
    with pytest.raises(psycopg.OperationalError):
        exchange(connection, [(ONE, {"n": 1})])


def test_a_connection_that_the_server_ended_is_closed(connection: BoundedConnection, url: str) -> None:
    exchange(connection, [(ONE, {"n": 1})])
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        exchange(connection, [(ONE, {"n": 1})])
    assert connection.closed


def test_two_statements_of_one_text_have_one_name_and_other_types_another(
    connection: BoundedConnection,
) -> None:
    text = "SELECT %(v)s"
    whole, words = Command(text), Command(text)
    assert exchange(connection, [(whole, {"v": 1}), (words, {"v": "one"})]) == [[(1,)], [("one",)]]
    assert whole.named({"v": 1})[0] != words.named({"v": "one"})[0]


def test_a_transaction_is_of_the_kind_that_the_connection_is_set_to(connection: BoundedConnection) -> None:
    shown = Command("SELECT current_setting('transaction_isolation')")
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    assert exchange(connection, [*begin_of(connection), (shown, {})])[1] == [("repeatable read",)]
    connection.rollback()
    connection.autocommit = True
    assert wire.begin_of(connection) == ()
