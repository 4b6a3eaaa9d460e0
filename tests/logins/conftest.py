"""What tests of logins share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.databases import fresh_database
from tests.logins.signing import Phone, Sign, documented
from tests.service import Service
from tests.trials.backtesting import Wallet


@pytest.fixture(params=["sqlite", "postgresql"])
def tried(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wallet]:
    """Its database is its own: a backtest goes over all accounts."""
    wallet = Wallet(Service(fresh_database(request.param), tmp_path))
    yield wallet
    wallet.close()


@pytest.fixture(scope="session")
def sign(tmp_path_factory: pytest.TempPathFactory) -> Sign:
    """How an app signs a nonce."""
    return documented(tmp_path_factory.mktemp("app"))


@pytest.fixture
def bound(service: Service, wallet: httpx.Client, sign: Sign, account_id: str) -> Phone:
    """A phone that has shown its key."""
    phone = Phone(service, wallet, sign, account_id)
    assert phone.log_in()["device"]["proof"] == "accepted"
    assert phone.bound() == [True]
    return phone
