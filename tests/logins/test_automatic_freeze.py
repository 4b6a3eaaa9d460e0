"""`freeze_at`: the service freezes by itself, in the transaction of the login that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from secmon.outbox.models import OwedMessage
from tests.cases import desk
from tests.databases import fresh_database
from tests.logins.factories import login, takeover
from tests.logins.test_frozen_logins import MANY, ONE
from tests.policies.drafts import draft, put
from tests.service import Service

SCRIPT = {"user_agent": "python-requests/2.31.0"}


@pytest.fixture(params=["sqlite", "postgresql"])
def freezing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """Its policy is its own: scripts from afar freeze the account."""
    service = Service(fresh_database(request.param), tmp_path)
    with service.client("admin") as admin:
        assert put(admin, draft(deny_at=0.9, freeze_at=0.9)).status_code == 200
    yield service
    service.stop()


@pytest.fixture
def wallet(freezing: Service) -> Iterator[httpx.Client]:
    with freezing.client("wallet") as client:
        yield client


def report(wallet: httpx.Client, path: str, *events: dict[str, Any]) -> list[dict[str, Any]]:
    if path == ONE:
        return [wallet.post(ONE, json=event).raise_for_status().json() for event in events]
    answer = wallet.post(MANY, json={"events": events}).raise_for_status().json()
    return [result["assessment"] for result in answer["results"]]


@pytest.mark.parametrize("path", [ONE, MANY])
def test_a_hostile_login_freezes_the_account_with_its_case(
    freezing: Service, wallet: httpx.Client, path: str
) -> None:
    script, usual = takeover("a", **SCRIPT), login("a", after=timedelta(hours=1))
    first, hostile, after = report(wallet, path, login("a"), script, usual)
    assert (first["decision"], first["standing"]) == ("allow", "active")
    assert (hostile["decision"], hostile["standing"]) == ("deny", "frozen")
    assert (after["decision"], after["standing"]) == ("deny", "frozen")
    assert desk.standing(wallet, "a", "login")["allowed"] is False
    with freezing.client("agent") as agent:
        (freeze,) = agent.get("/v1/accounts/a/freezes").json()["items"]
        (case,) = agent.get("/v1/cases", params={"account_id": "a"}).json()["items"]
    assert (freeze["reason"], case["channel"]) == ("suspicious_activity", "automatic")
    assert case["links"]["alert_ids"] == [hostile["alert_id"]]
    assert case["links"]["device_ids"] == [hostile["device"]["reference"]]
    with freezing.work(write=False) as work:
        owed = set(work.session.scalars(select(OwedMessage.kind).where(OwedMessage.account_id == "a")))
    assert {"account.frozen", "sessions.revoke", "case.opened", "login.alert"} <= owed
    # The first answer stands, and a second freeze does not follow from it.
    assert report(wallet, path, script) == [hostile]


@pytest.mark.parametrize("path", [ONE, MANY])
@pytest.mark.parametrize(
    "harmless",
    [
        takeover("a", **SCRIPT, outcome="failure", failure_reason="bad_password"),
        takeover("a", **SCRIPT, after=timedelta(days=-40)),
        takeover("a"),
    ],
    ids=["failure", "history", "only strange"],
)
def test_failures_history_and_mere_strangers_freeze_nothing(
    wallet: httpx.Client, path: str, harmless: dict[str, Any]
) -> None:
    report(wallet, path, login("a"), harmless)
    assert desk.standing(wallet, "a")["standing"] == "active"


def test_an_assessment_freezes_nothing(wallet: httpx.Client) -> None:
    report(wallet, ONE, login("a"))
    asked = {
        name: value for name, value in takeover("a", **SCRIPT).items() if name not in {"event_id", "outcome"}
    }
    assert wallet.post("/v1/risk-assessments", json=asked).json()["decision"] == "deny"
    assert desk.standing(wallet, "a")["standing"] == "active"


def test_a_batch_freezes_every_account_that_asks_for_it(freezing: Service, wallet: httpx.Client) -> None:
    accounts = [f"acct-{number}" for number in range(4)]
    events = [event for account in accounts for event in (login(account), takeover(account, **SCRIPT))]
    alerts = {one["account_id"]: one["alert_id"] for one in report(wallet, MANY, *events) if one["alert_id"]}
    assert {desk.standing(wallet, account)["standing"] for account in accounts} == {"frozen"}
    with freezing.client("agent") as agent:
        cases = agent.get("/v1/cases").json()["items"]
    assert {case["account_id"]: case["links"]["alert_ids"] for case in cases} == {
        account: [alerts[account]] for account in accounts
    }
