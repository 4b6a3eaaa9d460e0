"""What tests of logins share."""

from __future__ import annotations

import httpx
import pytest

from tests.logins.signing import Phone, Sign, documented
from tests.service import Service


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
