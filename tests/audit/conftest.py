"""Two chains that checkpoints are made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from secmon.audit.sealing import Sealing
from secmon.database.engine import Database, make_engine
from tests.audit import aged
from tests.audit.checkpointing import KEYS
from tests.databases import fresh_database
from tests.service import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def two_chains(
    request: pytest.FixtureRequest, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """Two chains of three entries, an hour ago; commands work on it too."""
    url = fresh_database(request.param)
    monkeypatch.setenv("SECMON_DATABASE_URL", url)
    monkeypatch.setenv("SECMON_KEYS", f"test={'A' * 43}=")
    opened = Database(make_engine(url), clock, Sealing(KEYS))
    for account_id in ("a", "b"):
        aged.record(opened, account_id, 3)
    clock.advance(timedelta(hours=1))
    yield opened
    opened.dispose()
