"""The people of these tests: one agent, one supervisor, and the wallet."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.cases import desk
from tests.service import Service


@pytest.fixture
def agent(service: Service) -> Iterator[httpx.Client]:
    with service.client("agent") as client:
        yield client


@pytest.fixture
def supervisor(service: Service) -> Iterator[httpx.Client]:
    with service.client("supervisor") as client:
        yield client


@pytest.fixture
def case_id(wallet: httpx.Client, account_id: str) -> str:
    """The case of the account, which is frozen."""
    found: str = desk.freeze(wallet, account_id)["case"]["case_id"]
    return found
