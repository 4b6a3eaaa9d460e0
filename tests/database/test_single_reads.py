"""Reads without a transaction: what was asked and what must hold, in one statement where both are one row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import bindparam, insert, select

from secmon.accounts import service as accounts
from secmon.accounts.models import Account
from secmon.accounts.service import look
from secmon.core.actor import SYSTEM
from secmon.core.errors import Unauthenticated
from secmon.database.engine import Database, make_engine
from secmon.database.statements import Query, Row, Statement
from secmon.database.work import Check
from tests.databases import fresh_database

_IS = Account.account_id == bindparam("id")
_IS_OTHER = Account.account_id == bindparam("other")
BY_ID = Statement(select(Account.account_id, Account.locale).where(_IS))
BY_OTHER_ID = Statement(select(Account.account_id).where(_IS_OTHER))
ALL = Statement(select(Account.account_id).order_by(Account.account_id))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Two accounts, `a` and `b`."""
    opened = Database(make_engine(fresh_database(request.param)))
    with opened.work(SYSTEM) as work:
        for account_id in ("a", "b"):
            accounts.lock_or_create(work, account_id)
    yield opened
    opened.dispose()


def read(database: Database, *queries: Query) -> list[list[Row]]:
    with database.work(SYSTEM, write=False) as work:
        return work.read(*queries)


@pytest.mark.parametrize("one", ["a", "nobody"])
@pytest.mark.parametrize("other", ["b", "nobody"])
def test_either_side_may_be_missing(database: Database, one: str, other: str) -> None:
    first = [] if one == "nobody" else [(one, "zh-CN")]
    second = [] if other == "nobody" else [(other,)]
    assert read(database, BY_ID(id=one), BY_OTHER_ID(other=other)) == [first, second]


def test_the_same_name_twice_means_two_values(database: Database) -> None:
    assert read(database, BY_ID(id="a"), BY_ID(id="b")) == [[("a", "zh-CN")], [("b", "zh-CN")]]


def test_many_rows_and_many_queries_are_read_too(database: Database) -> None:
    assert read(database, ALL()) == [[("a",), ("b",)]]
    assert read(database, BY_ID(id="a"), ALL(), ALL()) == [[("a", "zh-CN")], *[[("a",), ("b",)]] * 2]


def refused(_rows: list[Row]) -> None:
    raise Unauthenticated


def test_nothing_is_answered_where_the_check_does_not_hold(database: Database) -> None:
    check = Check(BY_OTHER_ID(other="b"), refused)
    with pytest.raises(Unauthenticated), database.work(SYSTEM, check, write=False) as work:
        look(work, "a")
    with pytest.raises(Unauthenticated), database.work(SYSTEM, check, write=False):
        pass


def half_an_account(database: Database) -> None:
    with database.work(SYSTEM) as work:
        work.session.execute(insert(Account).values(account_id="c", created_at=work.now))
        accounts.lock(work, "nobody")


def test_a_connection_that_read_writes_in_transactions_again(database: Database) -> None:
    """What a reader leaves in the pool must not commit statement by statement."""
    for _ in range(3):
        read(database, ALL())
    with pytest.raises(accounts.AccountUnknown):
        half_an_account(database)
    assert read(database, ALL()) == [[("a",), ("b",)]]
