"""A service of a test's own: quality is counted over all accounts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import fresh_database
from tests.quality.wallet import Wallet
from tests.service import Service


@pytest.fixture(params=["sqlite", "postgresql"])
def labelled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wallet]:
    service = Service(fresh_database(request.param), tmp_path, metrics_token="scrape")
    yield Wallet(service)
    service.stop()
