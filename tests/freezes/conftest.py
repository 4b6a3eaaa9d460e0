"""A frozen account's case."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.cases import desk
from tests.databases import fresh_database
from tests.freezes.thefts import Theft
from tests.service import Service
from tests.twofactor.owner import Owner


@pytest.fixture
def case_id(wallet: httpx.Client, account_id: str) -> str:
    """The case of the account, which is frozen."""
    found: str = desk.freeze(wallet, account_id)["case"]["case_id"]
    return found


@pytest.fixture
def theft(
    service: Service,
    wallet: httpx.Client,
    agent: httpx.Client,
    supervisor: httpx.Client,
    account_id: str,
) -> Theft:
    """An account of which nothing was reported yet."""
    return Theft(service, wallet, agent, supervisor, account_id)


@pytest.fixture
def owner(service: Service, wallet: httpx.Client, account_id: str) -> Owner:
    """Who may enrol a second factor."""
    return Owner(wallet, service.clock, account_id)


@pytest.fixture
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theft]:
    """An account of a service whose desk is one person."""
    service = Service(fresh_database("sqlite"), tmp_path_factory.mktemp("alone"), unfreeze_approval=False)
    wallet, agent = service.client("wallet"), service.client("agent")
    yield Theft(service, wallet, agent, agent, "acct-lonely")
    wallet.close()
    agent.close()
    service.stop()
