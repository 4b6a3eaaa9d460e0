"""The worker tells of a case whose target has passed: once a target, and only while it is so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from secmon.accounts import service as accounts
from secmon.audit import listing as audit
from secmon.cases import changing, service, targets
from secmon.cases.service import Report
from secmon.cases.states import CaseChannel, Category, Priority
from secmon.core.actor import SYSTEM
from secmon.core.pages import PageRequest
from secmon.core.working_time import WorkingCalendar
from secmon.database.engine import Database, make_engine
from tests.databases import fresh_database
from tests.service import FakeClock

# Monday, 09:00 in Shanghai.
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
CALENDAR = WorkingCalendar()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Database]:
    """A database with one urgent case."""
    database = Database(make_engine(fresh_database(request.param)), clock)
    opened(database, "acct-1")
    yield database
    database.dispose()


def told(database: Database) -> int:
    """How many cases are told of until there is none left."""
    times = 0
    while True:
        with database.work(SYSTEM) as work:
            found = targets.tell_overdue(work)
        if not found:
            return times
        times += found


def opened(database: Database, *account_ids: str) -> None:
    """An urgent case of each account."""
    with database.work(SYSTEM) as work:
        for account_id in account_ids:
            accounts.lock_or_create(work, account_id)
            report = Report(Category.LOGIN, CaseChannel.HOTLINE, "Locked out", priority=Priority.URGENT)
            service.open_case(work, account_id, report, CALENDAR)


def test_a_case_in_time_is_not_told_of(database: Database, clock: FakeClock) -> None:
    clock.advance(timedelta(minutes=15))
    assert told(database) == 0


def test_an_overdue_case_is_told_of_once(database: Database, clock: FakeClock) -> None:
    clock.advance(timedelta(minutes=16))
    assert told(database) == 1
    assert told(database) == 0
    with database.work(SYSTEM, write=False) as work:
        (latest,) = audit.of_account(work, "acct-1", None, 1)
    assert latest.action == "case.overdue"


def test_the_next_target_is_told_of_anew(database: Database, clock: FakeClock) -> None:
    clock.advance(timedelta(minutes=16))
    assert told(database) == 1
    with database.work(SYSTEM) as work:
        ((found,), _) = service.listed(work, PageRequest())
        changing.change(work, service.lock(work, found.case_id), CALENDAR, {"status": "investigating"})
    assert told(database) == 0
    clock.advance(timedelta(hours=4))
    assert told(database) == 1


def test_many_cases_are_told_of_in_few_transactions(database: Database, clock: FakeClock) -> None:
    opened(database, *(f"acct-{nth}" for nth in range(2, targets.TOLD_AT_ONCE + 12)))
    clock.advance(timedelta(minutes=16))
    batches = []
    for _ in range(3):
        with database.work(SYSTEM) as work:
            batches.append(targets.tell_overdue(work))
    assert batches == [targets.TOLD_AT_ONCE, 11, 0]


def test_F14_two_workers_tell_of_a_case_once_and_wait_for_nobody(clock: FakeClock) -> None:
    database = Database(make_engine(fresh_database("postgresql")), clock)
    opened(database, "acct-1", "acct-2", "acct-3")
    clock.advance(timedelta(minutes=16))
    with database.work(SYSTEM) as agent:
        accounts.lock(agent, "acct-2")
        with database.work(SYSTEM) as one:
            assert targets.tell_overdue(one) == 2
            with database.work(SYSTEM) as other:
                assert targets.tell_overdue(other) == 0
    assert told(database) == 1
    database.dispose()
