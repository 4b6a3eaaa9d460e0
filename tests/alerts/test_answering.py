"""What follows from an answer to "Was this you?" in the wallet's app, and what stands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from secmon.outbox.models import OwedMessage
from tests.alerts.owner import Alerted, alerted
from tests.service import Service


def owed(service: Service, account_id: str) -> list[str]:
    """The kinds of the account's messages, in their order."""
    with service.work(write=False) as work:
        query = select(OwedMessage.kind).where(OwedMessage.account_id == account_id)
        return list(work.session.scalars(query.order_by(OwedMessage.position)))


def devices(owner: Alerted) -> dict[str, dict[str, Any]]:
    listed = owner.wallet.get(f"/v1/accounts/{owner.account_id}/devices").json()["items"]
    return {device["device_id"]: device for device in listed}


def test_was_me_trusts_the_device_and_teaches_the_login(owner: Alerted) -> None:
    answer = owner.answer("was_me")
    assert answer.status_code == 200
    assert [answer.json()[name] for name in ("answer", "case_id", "case")] == ["was_me", None, None]
    assert devices(owner)[owner.device_id]["trusted"] is True
    again = owner.log_in_again(minutes=90)
    assert again["device"]["recognition"] == "known"
    assert again["risk"]["score"] < owner.judged["risk"]["score"]
    assert owner.standing()["standing"] == "active"


def test_not_me_freezes_opens_a_case_and_ends_the_sessions(service: Service, owner: Alerted) -> None:
    answer = owner.answer("not_me")
    assert answer.status_code == 200
    assert owner.standing()["standing"] == "frozen"
    with service.client("agent") as agent:
        case = agent.get(f"/v1/cases/{answer.json()['case_id']}").json()
        freezes = agent.get(f"/v1/accounts/{owner.account_id}/freezes").json()["items"]
    assert (case["status"], case["channel"]) == ("open", "in_app")
    shown = {name: case[name] for name in ("case_id", "reference", "status")}
    assert answer.json()["case"] == owner.alert()["case"] == shown
    assert case["links"]["alert_ids"] == [owner.alert_id]
    assert case["links"]["device_ids"] == [owner.device_id]
    assert [freeze["reason"] for freeze in freezes] == ["unfamiliar_device"]
    kinds = owed(service, owner.account_id)
    assert {"account.frozen", "sessions.revoke", "case.opened"} <= set(kinds)
    assert kinds.count("sessions.revoke") == 1


def test_a_device_that_was_denied_is_not_known_when_it_comes_back(owner: Alerted) -> None:
    path = f"/v1/accounts/{owner.account_id}/login-events/{owner.event['event_id']}/challenge"
    passed = {"outcome": "passed", "method": "sms", "occurred_at": owner.event["occurred_at"]}
    owner.wallet.post(path, json=passed).raise_for_status()
    assert owner.device_id in devices(owner)
    owner.answer("not_me")
    assert owner.device_id not in devices(owner)
    again = owner.log_in_again(minutes=90)
    assert (again["decision"], again["device"]["recognition"]) == ("deny", "new")


@pytest.mark.parametrize("said", ["was_me", "not_me"])
def test_the_first_answer_stands(service: Service, owner: Alerted, said: str) -> None:
    first = owner.answer(said)
    before = owed(service, owner.account_id)
    again = owner.answer(said)
    assert (again.status_code, again.json()) == (200, first.json())
    other = owner.answer("not_me" if said == "was_me" else "was_me")
    assert (other.status_code, other.json()["code"]) == (409, "alert_answered")
    assert owner.alert()["answer"] == said
    assert owed(service, owner.account_id) == before


def test_nobody_vouches_for_a_device_of_a_frozen_account(owner: Alerted) -> None:
    freeze = {"reason": "theft_reported", "channel": "hotline"}
    owner.wallet.post(f"/v1/accounts/{owner.account_id}/freeze", json=freeze).raise_for_status()
    answer = owner.answer("was_me")
    assert (answer.status_code, answer.json()["code"]) == (409, "account_frozen")
    assert owner.alert()["answer"] is None
    assert owner.device_id not in devices(owner)


def test_not_me_joins_the_case_of_an_account_that_is_frozen_already(service: Service, owner: Alerted) -> None:
    freeze = {"reason": "device_lost", "channel": "hotline"}
    path = f"/v1/accounts/{owner.account_id}/freeze"
    standing = owner.wallet.post(path, json=freeze).raise_for_status().json()
    assert owner.answer("not_me").json()["case_id"] == standing["case"]["case_id"]
    # The stranger may have logged in after the freeze had ended the sessions of its time.
    assert owed(service, owner.account_id).count("sessions.revoke") == 2


def test_ten_answers_at_once_are_one(postgres_service: Service, account_id: str) -> None:
    with postgres_service.client("wallet") as wallet:
        owner = alerted(wallet, account_id)
        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(owner.answer, ["not_me"] * 10))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["case_id"] for answer in answers}) == 1
        assert owed(postgres_service, account_id).count("account.frozen") == 1


def test_an_unknown_alert_is_not_found(wallet: httpx.Client) -> None:
    path = "/v1/alerts/019ab0c4-7c1e-7a10-9d53-0d6a5d0f2b11"
    for answer in (wallet.get(path), wallet.post(f"{path}/answer", json={"answer": "was_me"})):
        assert (answer.status_code, answer.json()["code"]) == (404, "alert_unknown")


def test_alerts_are_listed_newest_first(service: Service, wallet: httpx.Client, account_id: str) -> None:
    first = alerted(wallet, account_id)
    service.clock.advance(timedelta(minutes=5))
    other = alerted(
        wallet, account_id, device_id="yet-another", user_agent="UWallet/5.2 (iOS 17; iPhone14,5)"
    )
    path = f"/v1/accounts/{account_id}/alerts"
    page = wallet.get(path, params={"limit": 1}).json()
    assert [alert["alert_id"] for alert in page["items"]] == [other.alert_id]
    rest = wallet.get(path, params={"limit": 1, "cursor": page["next_cursor"]}).json()
    assert [alert["alert_id"] for alert in rest["items"]] == [first.alert_id]
    assert rest["next_cursor"] is None


def test_the_timeline_tells_of_the_alert_and_of_the_answer(service: Service, owner: Alerted) -> None:
    case_id = owner.answer("not_me").json()["case_id"]
    with service.client("agent") as agent:
        entries = agent.get(f"/v1/cases/{case_id}/timeline").json()["items"]
    told = {entry["what"]: entry["sentence"] for entry in entries}
    assert "was asked about the login" in str(told["alert"])
    assert "it was not me" in str(told["alert.answered"])


def test_erasing_an_account_erases_its_alerts(owner: Alerted) -> None:
    owner.wallet.delete(f"/v1/accounts/{owner.account_id}").raise_for_status()
    assert owner.wallet.get(f"/v1/alerts/{owner.alert_id}").status_code == 404
