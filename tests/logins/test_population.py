"""The population is counted by the worker: each learnt login once, whoever runs and whatever dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from secmon.database.engine import Database, make_engine
from secmon.devices.user_agents import UserAgentReader
from secmon.logins import population as rare
from secmon.logins.judges import HeldPopulation, read_population
from secmon.logins.models import PopulationCount, PopulationProgress, StoredLogin
from tests.logins.factories import login, takeover
from tests.service import Service

COUNT = rare.Counting(UserAgentReader())


def _count(service: Service) -> int:
    counted = 0
    while True:
        with service.work() as work:
            done = COUNT(work)
        if not done:
            return counted
        counted += done


def _count_and_die(service: Service) -> None:
    with service.work() as work:
        assert COUNT(work) == 3
        raise ZeroDivisionError


def _seen(service: Service, level: str, value: str) -> float:
    with service.work(write=False) as work:
        found = select(PopulationCount.count).where(
            PopulationCount.level == level, PopulationCount.value == value
        )
        return work.session.scalar(found) or 0.0


def _post(wallet: httpx.Client, account_id: str, network: str, number: int) -> None:
    for hour in range(number):
        event = login(account_id, ip=f"{network}.{hour + 1}", after=timedelta(hours=hour))
        wallet.post("/v1/login-events", json=event).raise_for_status()


def _post_of_several(wallet: httpx.Client, account_id: str, network: str, number: int) -> None:
    """As many accounts as make a value common, so many logins each."""
    for nth in range(rare.OWNERS_OF_A_COMMON_VALUE):
        _post(wallet, f"{account_id}-{nth}", network, number)


def test_learnt_logins_are_counted_once(service: Service, wallet: httpx.Client, account_id: str) -> None:
    _post_of_several(wallet, account_id, "100.64.1", 5)
    wallet.post("/v1/login-events", json=takeover(f"{account_id}-0", ip="100.64.1.200"))
    _count(service)
    assert _seen(service, "net", "100.64.1.0/24") == 15
    assert _count(service) == 0
    assert _seen(service, "net", "100.64.1.0/24") == 15


def test_a_worker_that_dies_counts_nothing_and_loses_nothing(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    _count(service)
    _post_of_several(wallet, account_id, "100.64.2", 1)
    with pytest.raises(ZeroDivisionError):
        _count_and_die(service)
    assert _seen(service, "net", "100.64.2.0/24") == 0
    assert _count(service) == 3
    assert _seen(service, "net", "100.64.2.0/24") == 3


def test_two_workers_count_each_login_once(service: Service, wallet: httpx.Client, account_id: str) -> None:
    _count(service)
    _post_of_several(wallet, account_id, "100.64.3", 2)
    _count(service)
    _post(wallet, account_id, "100.64.3", 8)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: _count(service), range(4))) == 8
    assert _seen(service, "net", "100.64.3.0/24") == 14
    with service.work(write=False) as work:
        assert work.session.scalar(select(func.max(StoredLogin.turn))) <= work.session.scalar(
            select(PopulationProgress.turn)
        )
        read = read_population(work)
    assert read.counts["net"]["100.64.3.0/24"] == 14
    assert read.totals["net"] >= 14


def test_a_process_knows_the_population_before_it_judges(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    _post_of_several(wallet, account_id, "100.64.4", 2)
    _count(service)
    held = HeldPopulation(service.database)
    held.refresh()
    assert held().counts["net"]["100.64.4.0/24"] == 6


def test_the_last_good_counts_stay_when_the_database_is_away(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    _post_of_several(wallet, account_id, "100.64.5", 2)
    _count(service)
    away = Database(make_engine("postgresql://nobody@127.0.0.1:1/nothing"), service.clock)
    held = HeldPopulation(service.database)
    held.refresh()
    held._database = away  # noqa: SLF001 - the database goes away from under it
    held.refresh()
    assert held().counts["net"]["100.64.5.0/24"] == 6
