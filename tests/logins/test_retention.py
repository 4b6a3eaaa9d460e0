"""Events are purged beside the requests, and whoever asks for one that is gone is told so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text

from secmon.alerts import retention as alert_retention
from secmon.cases.service import holds
from secmon.database.retention import Expired
from secmon.database.work import Work
from secmon.devices.user_agents import UserAgentReader
from secmon.logins import marks, stored
from secmon.logins.models import FailureMark
from secmon.logins.population import Counting
from secmon.trials.comparisons import forget_logins
from tests.alerts.owner import Alerted, alerted
from tests.databases import fresh_database
from tests.logins.factories import login
from tests.service import Service

GIVES_UP_AFTER_S = 60
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Service]:
    """A service whose events are all this test's: a purge goes over all accounts."""
    service = Service(fresh_database("postgresql"), tmp_path)
    yield service
    service.stop()


@pytest.fixture
def owner(own: Service, account_id: str) -> Iterator[Alerted]:
    """The population has counted what the owner's logins taught: they wait for nothing else."""
    with own.client("wallet") as wallet:
        found = alerted(wallet, account_id)
        with own.work() as work:
            assert Counting(UserAgentReader())(work) == 1
        yield found


def purge_now(work: Work) -> int:
    """Every event that came in before now."""
    return stored.purge_events(work, Expired(work.now + timedelta(seconds=1), holds), forget_logins).rows


def settle(owner: Alerted, outcome: str = "passed") -> httpx.Response:
    path = f"/v1/accounts/{owner.account_id}/login-events/{owner.event['event_id']}/challenge"
    told = {"outcome": outcome, "method": "otp", "occurred_at": owner.event["occurred_at"]}
    return owner.wallet.post(path, json=told)


def events(owner: Alerted) -> list[dict[str, Any]]:
    answer = owner.wallet.get(f"/v1/accounts/{owner.account_id}/login-events").raise_for_status()
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def until_somebody_waits(service: Service) -> None:
    give_up = time.monotonic() + GIVES_UP_AFTER_S
    with service.work(write=False) as work:
        while not work.session.scalar(WAITING):
            assert time.monotonic() < give_up, "nobody waits for a lock"


def test_old_failure_marks_go_and_recent_ones_stay(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    for hours in (0, 23):
        failed = login(
            account_id, after=timedelta(hours=hours), outcome="failure", failure_reason="bad_password"
        )
        wallet.post("/v1/login-events", json=failed).raise_for_status()
    service.clock.advance(timedelta(hours=2))
    with service.work() as work:
        assert marks.purge_marks(work) >= 1
    with service.work(write=False) as work:
        kept = select(func.count(func.distinct(FailureMark.minute))).where(
            FailureMark.account_id == account_id
        )
        assert work.session.scalar(kept) == 1


def test_a_login_is_answered_while_its_accounts_events_are_being_purged(own: Service, owner: Alerted) -> None:
    """So it would be while any number of them are: a purge holds what it deletes, and nothing else."""
    with own.work() as work:
        assert purge_now(work) == 2
        fresh = owner.wallet.post("/v1/login-events", json=login(owner.account_id))
        again = owner.wallet.post("/v1/login-events", json=owner.event)
        assert (fresh.status_code, again.status_code) == (201, 200)
        assert again.json() == owner.judged
    assert len(events(owner)) == 1


def test_two_purges_at_once_delete_each_event_once(own: Service, owner: Alerted) -> None:
    assert owner.judged
    with own.work() as first, own.work() as second:
        assert (purge_now(first), purge_now(second)) == (2, 0)


def test_a_challenge_of_an_event_that_is_being_purged_finds_it_gone(own: Service, owner: Alerted) -> None:
    with ThreadPoolExecutor(1) as pool:
        with own.work() as work:
            assert purge_now(work) == 2
            settled = pool.submit(settle, owner)
            until_somebody_waits(own)
        answer = settled.result(GIVES_UP_AFTER_S)
    assert (answer.status_code, answer.json()["code"]) == (404, "event_unknown")


def test_an_answer_to_an_alert_that_is_being_purged_finds_it_gone(own: Service, owner: Alerted) -> None:
    with ThreadPoolExecutor(1) as pool:
        with own.work() as work:
            expired = Expired(work.now + timedelta(seconds=1), holds)
            assert alert_retention.purge(work, expired).rows == 1
            answered = pool.submit(owner.answer, "not_me")
            until_somebody_waits(own)
        answer = answered.result(GIVES_UP_AFTER_S)
    assert (answer.status_code, answer.json()["code"]) == (404, "alert_unknown")
    assert owner.standing()["standing"] == "active"


@pytest.mark.parametrize("said", ["was_me", "not_me"])
def test_the_owners_answer_counts_though_its_event_is_gone(own: Service, owner: Alerted, said: str) -> None:
    with own.work() as work:
        purge_now(work)
    assert owner.answer(said).status_code == 200
    assert owner.standing()["standing"] == ("frozen" if said == "not_me" else "active")
    assert owner.alert()["answer"] == said


def test_an_event_that_is_sent_again_after_its_purge_is_history(own: Service, owner: Alerted) -> None:
    own.clock.advance(timedelta(days=own.settings.events_kept_days + 1))
    with own.work() as work:
        assert purge_now(work) == 2
    assert settle(owner).json()["code"] == "event_unknown"
    again = owner.wallet.post("/v1/login-events", json=owner.event)
    assert (again.status_code, again.json()["alert_id"]) == (201, None)
    assert [event["event_id"] for event in events(owner)] == [owner.event["event_id"]]


def test_what_was_learnt_outlives_the_events(own: Service, owner: Alerted) -> None:
    with own.work() as work:
        purge_now(work)
    usual = login(owner.account_id, after=timedelta(hours=2))
    answer = owner.wallet.post("/v1/login-events", json=usual).json()
    assert (answer["decision"], answer["device"]["recognition"]) == ("allow", "known")
