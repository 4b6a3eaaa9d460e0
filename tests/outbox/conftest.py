"""A database of the test's own: duties work on everything there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from secmon.database.engine import Database, make_engine
from tests.databases import fresh_database
from tests.service import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Database]:
    """Empty, migrated, on the test's clock."""
    database = Database(make_engine(fresh_database(request.param)), clock)
    yield database
    database.dispose()


@pytest.fixture
def postgres(clock: FakeClock) -> Iterator[Database]:
    """As `database`, where locks are what is tested."""
    database = Database(make_engine(fresh_database("postgresql"), pool_size=20), clock)
    yield database
    database.dispose()
