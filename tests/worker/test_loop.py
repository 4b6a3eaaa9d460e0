"""The loop: each duty by itself, failures told and survived, an orderly end."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from secmon.rooms.duty import Duty
from secmon.worker.duties import duties as duties_of
from secmon.worker.runs import NICENESS, Tally, statuses, work_until, write_down
from tests.databases import fresh_database
from tests.service import FakeClock, Service

SOON = timedelta(milliseconds=1)
WAITS_S = 20


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Database]:
    database = Database(make_engine(fresh_database(request.param)), clock)
    yield database
    database.dispose()


def run_until(database: Database, duties: list[Duty], reached: threading.Event) -> None:
    """Runs the loop as the command does, until `reached`; fails where that takes too long."""
    stopping = threading.Event()
    loop = threading.Thread(target=work_until, args=(stopping, database, duties))
    loop.start()
    in_time = reached.wait(WAITS_S)
    stopping.set()
    loop.join(WAITS_S)
    assert in_time
    assert not loop.is_alive()


def counted(times: int, reached: threading.Event) -> Callable[[Database], int]:
    """One thing to do at each of `times` runs, then nothing."""
    left = iter(range(times, 0, -1))

    def run(_database: Database) -> int:
        now_left = next(left, 0)
        if now_left == 1:
            reached.set()
        return min(now_left, 1)

    return run


def test_a_duty_that_fails_stops_no_other(database: Database):
    def fail(_database: Database) -> int:
        raise LookupError("not this time")

    reached = threading.Event()
    duties = [Duty("fails", SOON, fail), Duty("works", SOON, counted(3, reached))]
    run_until(database, duties, reached)
    with database.work(SYSTEM, write=False) as work:
        failing, working = statuses(work, duties)
    assert (failing.last_success_at, failing.last_error) == (None, "LookupError: not this time")
    assert failing.failures >= 1
    assert (working.done, working.failures, working.last_error) == (3, 0, None)


def test_a_duty_with_something_to_do_is_run_again_at_once(database: Database):
    reached = threading.Event()
    run_until(database, [Duty("works", timedelta(hours=1), counted(100, reached))], reached)


def test_stopping_lets_each_duty_finish_and_tells_it(database: Database):
    begun, told, finished = threading.Event(), threading.Event(), threading.Event()

    def run(_database: Database) -> int:
        begun.set()
        assert told.wait(WAITS_S)
        finished.set()
        return 1

    run_until(database, [Duty("slow", SOON, run, stop=told.set)], begun)
    assert finished.is_set()


def test_status_says_how_late_a_duty_is(database: Database, clock: FakeClock):
    duty, never = Duty("reminds", timedelta(minutes=1), lambda _: 0), Duty("never", SOON, lambda _: 0)
    for _ in range(2):
        tally = Tally()
        tally.succeed(5)
        with database.work(SYSTEM) as work:
            write_down(work, duty, tally)
    clock.advance(timedelta(minutes=11))
    with database.work(SYSTEM, write=False) as work:
        reminds, unknown = statuses(work, [duty, never])
    assert (reminds.lag, reminds.done) == (timedelta(minutes=10), 10)
    assert unknown.lag == timedelta(0)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has a priority for each thread")
def test_only_what_somebody_waits_for_has_the_priority_of_requests(database: Database):
    seen: dict[str, int] = {}
    reached = threading.Event()

    def look(name: str, _database: Database) -> int:
        seen[name] = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        if len(seen) == 2:
            reached.set()
        return 0

    duties = [
        Duty("deliver", SOON, partial(look, "deliver"), gives_way=False),
        Duty("count", SOON, partial(look, "count")),
    ]
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    run_until(database, duties, reached)
    assert seen == {"deliver": usual, "count": NICENESS}


def test_messages_are_delivered_at_the_priority_of_requests(sqlite_service: Service):
    urgent = [
        duty.name
        for duty in duties_of(sqlite_service.settings, sqlite_service.database)
        if not duty.gives_way
    ]
    assert urgent == ["deliver"]
