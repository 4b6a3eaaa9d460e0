"""Learnt logins are counted by their number: none is passed over, whatever else is under way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import delete, insert, select, update

from secmon.accounts import service as accounts
from secmon.cases.service import holds
from secmon.database.retention import Expired
from secmon.database.work import Work
from secmon.devices.user_agents import UserAgentReader
from secmon.logins import population, statements, teaching
from secmon.logins.models import PopulationCount, RareValue, StoredLogin, Uncounted
from secmon.logins.population import Counting
from secmon.logins.stored import purge_events
from secmon.trials.comparisons import forget_logins
from tests.faults.waiting import until
from tests.logins.factories import login
from tests.logins.test_retention import WAITING
from tests.service import Service

READER = UserAgentReader()


def count(service: Service) -> int:
    with service.work() as work:
        return Counting(READER)(work)


def report(wallet: httpx.Client, account_id: str, hour: int = 0) -> str:
    """The event's id."""
    event = login(account_id, after=timedelta(hours=hour))
    wallet.post("/v1/login-events", json=event).raise_for_status()
    event_id: str = event["event_id"]
    return event_id


def counted_of(service: Service, account_id: str) -> float:
    """How often the account's phone is counted, among the rare values or in the population's."""
    with service.work(write=False) as work:
        rare = select(RareValue.count).where(RareValue.account_id == account_id, RareValue.level == "model")
        return work.session.scalar(rare) or 0.0


def store_late(work: Work, account_id: str, event_id: str) -> None:
    """As a login does that draws its number now, and is stored when `work` ends."""
    accounts.lock(work, account_id)
    key = StoredLogin.account_id == account_id, StoredLogin.event_id == event_id
    numbered = update(StoredLogin).where(*key).values(turn=statements.next_turn(work.dialect.name))
    work.session.execute(numbered.execution_options(synchronize_session=False))


def as_if_never_counted(service: Service, account_id: str) -> None:
    with service.work() as work:
        work.session.execute(delete(RareValue).where(RareValue.account_id == account_id))
        work.session.execute(
            update(StoredLogin).where(StoredLogin.account_id == account_id).values(turn=None)
        )


def only_here(service: Service) -> None:
    """Nothing is to be counted, and no phone is common, so that each will be counted with its account."""
    while count(service):
        pass
    with service.work() as work:
        work.session.execute(delete(PopulationCount))
        work.session.execute(delete(RareValue))


def test_a_login_that_is_stored_after_a_later_number_is_counted_all_the_same(
    postgres_service: Service, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, late, early = postgres_service, f"{account_id}-late", f"{account_id}-early"
    with service.client("wallet") as wallet:
        event_id = report(wallet, late)
        count(service)
        only_here(service)
        as_if_never_counted(service, late)
        with service.work() as under_way:
            store_late(under_way, late, event_id)
            report(wallet, early)
            monkeypatch.setattr(population, "PATIENCE_S", 0.0)
            assert count(service) == 0
            monkeypatch.undo()
        assert count(service) == 2
    assert counted_of(service, late) == counted_of(service, early) == 1


def test_a_number_of_an_erased_login_is_not_given_again(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    only_here(service)
    report(wallet, f"{account_id}-gone")
    assert count(service) == 1
    wallet.delete(f"/v1/accounts/{account_id}-gone").raise_for_status()
    report(wallet, account_id)
    assert count(service) == 1
    assert counted_of(service, account_id) == 1


def test_what_is_counted_while_its_account_is_erased_leaves_nothing(
    postgres_service: Service, account_id: str
) -> None:
    service = postgres_service
    only_here(service)
    with service.client("wallet") as wallet, ThreadPoolExecutor(1) as pool:
        report(wallet, account_id)
        with service.work() as counting:
            assert Counting(READER)(counting) == 1
            erasing = pool.submit(wallet.delete, f"/v1/accounts/{account_id}")
            with service.work(write=False) as work:
                until(lambda: erasing.done() or work.session.scalar(WAITING), "the erasure waits")
        erasing.result().raise_for_status()
    assert counted_of(service, account_id) == 0


def test_what_is_not_counted_yet_is_not_purged(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    only_here(service)
    event_id = report(wallet, account_id)

    def purge() -> None:
        with service.work() as work:
            expired = Expired(work.now + timedelta(seconds=1), holds)
            while purge_events(work, expired, forget_logins).rows:
                pass

    purge()
    assert kept(service, account_id) == [event_id]
    assert count(service) == 1
    purge()
    assert kept(service, account_id) == []
    assert counted_of(service, account_id) == 1


def kept(service: Service, account_id: str) -> list[str]:
    with service.work(write=False) as work:
        return list(
            work.session.scalars(select(StoredLogin.event_id).where(StoredLogin.account_id == account_id))
        )


def test_a_login_that_is_learnt_again_is_counted_once(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    only_here(service)
    event_id = report(wallet, account_id)
    assert count(service) == 1
    with service.work() as work:
        _, stored = teaching.locked(work, account_id, event_id)
        stored.learnt = False
        teaching.learn(work, stored, READER)
    assert count(service) == 0
    assert counted_of(service, account_id) == 1


def test_what_the_release_before_put_into_its_queue_is_counted(service: Service, account_id: str) -> None:
    only_here(service)
    row = {"account_id": account_id, "event_id": "evt-1", "level_values": '[["model", "Xiaomi|Android"]]'}
    with service.work() as work:
        work.session.execute(insert(Uncounted).values(row))
    assert count(service) == 1
    assert count(service) == 0
    assert counted_of(service, account_id) == 1
