"""What tests of trials share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import fresh_database
from tests.policies.conftest import admin, trying, wallet
from tests.service import Service
from tests.trials.backtesting import Wallet

# A shadow judges every account, as a policy does: these tests have a service of their own too.
__all__ = ["admin", "tried", "trying", "wallet"]


@pytest.fixture(params=["sqlite", "postgresql"])
def tried(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wallet]:
    """Its database is its own: a backtest goes over all accounts."""
    wallet = Wallet(Service(fresh_database(request.param), tmp_path))
    yield wallet
    wallet.close()
