"""What hardly anybody has is kept with who has it, and goes with the account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, insert, select

from secmon.devices.user_agents import UserAgentReader
from secmon.logins import population as rare
from secmon.logins.models import PopulationCount, RareValue
from tests.logins.factories import BEIJING, login
from tests.service import Service

COUNT = rare.Counting(UserAgentReader())
VILLAGE = "Xiaomiaocun of one household"


def _log_in(wallet: httpx.Client, account_id: str, times: int = 1, **changes: Any) -> None:
    for nth in range(times):
        event = login(account_id, geo={**BEIJING, "city": VILLAGE}, after=timedelta(hours=nth), **changes)
        wallet.post("/v1/login-events", json=event).raise_for_status()


def _count(service: Service) -> None:
    done = 1
    while done:
        with service.work() as work:
            done = COUNT(work)


def _kept(service: Service, table: type[PopulationCount | RareValue]) -> list[float]:
    """How often the village is counted there, row by row."""
    with service.work(write=False) as work:
        return list(work.session.scalars(select(table.count).where(table.value.contains(VILLAGE))))


@pytest.fixture(autouse=True)
def _nothing_of_the_village(service: Service) -> None:
    _count(service)
    with service.work() as work:
        for table in (PopulationCount, RareValue):
            work.session.execute(delete(table).where(table.value.contains(VILLAGE)))


def test_what_one_owner_has_is_no_part_of_the_population(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    _log_in(wallet, account_id, times=5)
    _count(service)
    assert _kept(service, PopulationCount) == []
    assert _kept(service, RareValue) == [5]


def test_what_one_owner_had_goes_with_the_account(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    _log_in(wallet, account_id)
    _count(service)
    _log_in(wallet, account_id)
    wallet.delete(f"/v1/accounts/{account_id}").raise_for_status()
    _count(service)
    assert _kept(service, RareValue) == _kept(service, PopulationCount) == []


def test_what_enough_owners_have_is_counted_whole(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    for nth in range(rare.OWNERS_OF_A_COMMON_VALUE):
        assert _kept(service, PopulationCount) == []
        _log_in(wallet, f"{account_id}-{nth}", times=nth + 1)
        _count(service)
    assert (_kept(service, PopulationCount), _kept(service, RareValue)) == ([6], [])
    _log_in(wallet, account_id)
    _count(service)
    assert (_kept(service, PopulationCount), _kept(service, RareValue)) == ([7], [])


def test_several_workers_lose_no_login_of_a_value_that_becomes_common(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    for nth in range(6):
        _log_in(wallet, f"{account_id}-{nth}", times=2)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _count(service), range(4)))
    assert sum(_kept(service, PopulationCount) + _kept(service, RareValue)) == 12


def test_what_the_release_before_counted_of_too_few_is_forgotten(service: Service) -> None:
    few, enough = rare.OWNERS_OF_A_COMMON_VALUE - 1, rare.OWNERS_OF_A_COMMON_VALUE
    rows = [{"level": "city", "value": f"{VILLAGE} {count}", "count": count} for count in (few, enough)]
    with service.work() as work:
        work.session.execute(insert(PopulationCount), rows)
    _count(service)
    assert _kept(service, PopulationCount) == [enough]
