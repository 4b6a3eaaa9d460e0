"""What PostgreSQL does for the queue and the timeline: indexes, whatever the size of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bench import theft
from secmon.cases import service
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from secmon.history import timeline
from secmon.house import SOURCES
from secmon.rooms.entries import Before, TimelineSource
from tests.databases import fresh_database
from tools.plans import Plan, explained


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """Thirty thousand cases, those overdue the oldest; an account with 20,000 entries of each source."""
    url = fresh_database("postgresql")
    theft.fill(url, cases=30_000, events=20_000)
    opened = Database(make_engine(url))
    yield opened
    opened.dispose()


@pytest.mark.parametrize("filters", theft.QUEUES.values(), ids=theft.QUEUES.keys())
def test_the_first_page_of_the_queue_comes_from_an_index(database: Database, filters: dict[str, Any]) -> None:
    def read() -> None:
        with database.work(SYSTEM, write=False) as work:
            cases, _ = service.listed(work, theft.PAGE, **filters)
            assert cases

    assert_indexed(explained(database.engine, read))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_each_source_of_the_timeline_comes_from_an_index(database: Database, source: TimelineSource) -> None:
    def read() -> None:
        with database.work(SYSTEM, write=False) as work:
            found = source.read(work, theft.BUSY, None, 51)
            assert len(found) == (51 if source.name not in {"notes", "holds"} else 0)
            if found:
                assert len(source.read(work, theft.BUSY, Before(found[-1].at, found[-1].key), 51)) == 51

    assert_indexed(explained(database.engine, read))


def test_the_first_page_of_the_timeline_comes_from_indexes(database: Database) -> None:
    def read() -> None:
        with database.work(SYSTEM, write=False) as work:
            assert len(timeline.read(work, theft.BUSY, SOURCES, None, 51)) == 51

    assert_indexed(explained(database.engine, read))


def assert_indexed(plans: list[Plan]) -> None:
    assert plans
    for plan in plans:
        assert not plan.scanned_whole() & set(theft.FILLED), plan.statement
        assert all(node.get("Rows Removed by Filter", 0) < 1_000 for node in plan.nodes()), plan.statement
        sorts = [node for node in plan.nodes() if node["Node Type"] == "Sort"]
        assert all(node["Actual Rows"] < 1_000 for node in sorts)
