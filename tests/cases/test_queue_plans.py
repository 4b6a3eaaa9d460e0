"""What PostgreSQL does for the queue and the timeline: indexes, whatever the size of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bench import theft
from secmon.cases import listing, timeline
from secmon.cases.sources import OWN_SOURCES
from secmon.core.actor import SYSTEM
from secmon.core.database import Database, make_engine
from secmon.logins.timeline import LOGINS
from tests.databases import fresh_database
from tools.plans import Plan, explained


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """Thirty thousand cases, and an account with twenty thousand logins."""
    url = fresh_database("postgresql")
    theft.fill(url, cases=30_000, events=20_000)
    opened = Database(make_engine(url))
    yield opened
    opened.dispose()


@pytest.mark.parametrize("filters", theft.QUEUES.values(), ids=theft.QUEUES.keys())
def test_the_first_page_of_the_queue_comes_from_an_index(database: Database, filters: dict[str, Any]) -> None:
    def read() -> None:
        with database.work(SYSTEM, write=False) as work:
            cases, _ = listing.listed(work, theft.PAGE, **filters)
            assert cases

    assert_indexed(explained(database.engine, read))


def test_the_first_page_of_the_timeline_comes_from_indexes(database: Database) -> None:
    def read() -> None:
        with database.work(SYSTEM, write=False) as work:
            assert len(timeline.read(work, theft.BUSY, (*OWN_SOURCES, LOGINS), None, 51)) == 51

    assert_indexed(explained(database.engine, read))


def assert_indexed(plans: list[Plan]) -> None:
    assert plans
    for plan in plans:
        assert not plan.scanned_whole() & {"cases", "login_events"}, plan.statement
        sorts = [node for node in plan.nodes() if node["Node Type"] == "Sort"]
        assert all(node["Actual Rows"] < 1_000 for node in sorts)
        # The bound of the whole thing is 20 ms at a million cases; here it is a hundredth of that.
        assert plan.milliseconds < 20
