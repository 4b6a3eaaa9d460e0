"""A correct second factor proves the device of the login that asked for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from tests.service import Service
from tests.twofactor.owner import Owner
from tests.twofactor.traces import recorded

HOME = {"ip": "203.0.113.7", "geo": {"country": "CN", "region": "BJ", "city": "Beijing", "asn": 4134}}
AWAY = {"ip": "198.51.100.9", "geo": {"country": "NG", "region": "LA", "city": "Lagos", "asn": 29465}}


def _seen(owner: Owner, model: str, place: dict[str, Any]) -> dict[str, Any]:
    return {
        "account_id": owner.account_id,
        "occurred_at": owner.clock.now.isoformat(),
        "user_agent": f"UWallet/5.2.0 (Android 14; {model}; zh_CN)",
        "device_id": f"{owner.account_id}-{model}",
        **place,
    }


def _signals(owner: Owner, model: str) -> set[str]:
    """What would be noticed about a login from afar now; nothing is recorded."""
    answer = owner.wallet.post("/v1/risk-assessments", json=_seen(owner, model, AWAY)).raise_for_status()
    return {signal["code"] for signal in answer.json()["risk"]["signals"]}


def _settle(owner: Owner, event_id: str, outcome: str, method: str = "otp") -> httpx.Response:
    body = {"outcome": outcome, "method": method, "occurred_at": owner.clock.now.isoformat()}
    return owner.wallet.post(f"{owner.path}/login-events/{event_id}/challenge", json=body)


def _login(
    owner: Owner, event_id: str, model: str, place: dict[str, Any] = AWAY, outcome: str = "success"
) -> dict[str, Any]:
    body = {"event_id": event_id, "outcome": outcome, **_seen(owner, model, place)}
    answer: dict[str, Any] = owner.wallet.post("/v1/login-events", json=body).raise_for_status().json()
    return answer


def _challenged(owner: Owner, event_id: str) -> None:
    """A first login at home, then `event_id` from afar with another phone, which has to be proven."""
    _login(owner, f"home-{event_id}", "2201123C", HOME)
    judged = _login(owner, event_id, "SM-S9180")
    assert (judged["decision"], judged["device"]["recognition"]) == ("challenge", "new")


@pytest.mark.parametrize("method", ["totp", "recovery_code"])
def test_the_device_of_a_proven_login_is_known(enrolled: Owner, method: str) -> None:
    _challenged(enrolled, "evt-2")
    proof = {"code": enrolled.code()} if method == "totp" else {"recovery_code": enrolled.recovery_codes[0]}
    assert enrolled.verify(**proof, event_id="evt-2").status_code == 200
    assert _login(enrolled, "evt-3", "SM-S9180")["device"]["recognition"] == "known"


def test_what_a_proven_login_was_like_is_learnt(enrolled: Owner) -> None:
    """Not its device alone: the same place is no news on another known device."""
    _challenged(enrolled, "evt-2")
    before = _signals(enrolled, "2201123C")
    assert enrolled.verify(event_id="evt-2").json()["login_proven"] is True
    after = _signals(enrolled, "2201123C")
    assert {"new_country", "new_network"} <= before
    assert not {"new_country", "new_network"} & after


def test_R43_a_code_proves_no_login_of_yesterday(enrolled: Owner) -> None:
    """It is spent all the same: it was right."""
    _challenged(enrolled, "evt-2")
    enrolled.clock.advance(timedelta(hours=24, seconds=1))
    proof = {"code": enrolled.code()}
    assert enrolled.verify(**proof, event_id="evt-2").json()["login_proven"] is False
    assert enrolled.verify(**proof).status_code == 403
    assert _login(enrolled, "evt-3", "SM-S9180")["device"]["recognition"] == "new"


def test_R43_a_code_proves_no_login_of_yesterday_that_was_let_in(enrolled: Owner) -> None:
    _login(enrolled, "evt-1", "2201123C", HOME)
    enrolled.clock.advance(timedelta(hours=25))
    assert enrolled.verify(event_id="evt-1").json()["login_proven"] is False
    assert recorded_passes(enrolled) == []


def recorded_passes(owner: Owner) -> list[dict[str, Any]]:
    (stored,) = owner.wallet.get(f"{owner.path}/login-events").raise_for_status().json()["items"]
    return [stored] if stored["challenge"] else []


def test_a_passed_challenge_is_recorded_once(service: Service, enrolled: Owner) -> None:
    _challenged(enrolled, "evt-2")
    assert enrolled.verify(event_id="evt-2").json()["login_proven"] is True
    again = enrolled.verify(recovery_code=enrolled.recovery_codes[0], event_id="evt-2")
    assert again.json()["login_proven"] is True
    assert recorded(service, enrolled.account_id, "challenge.passed") == [{"method": "totp"}]
    settled = _settle(enrolled, "evt-2", "failed")
    assert (settled.status_code, settled.json()["code"]) == (409, "challenge_settled")


def test_a_login_that_failed_is_not_proven(service: Service, enrolled: Owner) -> None:
    """The code was right all the same, and is spent."""
    _login(enrolled, "evt-2", "SM-S9180", outcome="failure")
    answer = enrolled.verify(event_id="evt-2")
    assert (answer.status_code, answer.json()["login_proven"]) == (200, False)
    assert recorded(service, enrolled.account_id, "challenge.passed") == []
    assert enrolled.verify().status_code == 403


def test_a_login_whose_challenge_failed_is_not_proven(service: Service, enrolled: Owner) -> None:
    _challenged(enrolled, "evt-2")
    assert _settle(enrolled, "evt-2", "failed").status_code == 200
    assert enrolled.verify(event_id="evt-2").json()["login_proven"] is False
    assert recorded(service, enrolled.account_id, "challenge.passed") == []
    assert _login(enrolled, "evt-3", "SM-S9180")["device"]["recognition"] == "new"


def test_a_code_proves_what_one_to_a_number_that_was_just_changed_did_not(
    service: Service, enrolled: Owner
) -> None:
    now = enrolled.clock.now.isoformat()
    change = {"event_id": "c1", "credential": "phone", "method": "user", "occurred_at": now}
    _login(enrolled, "home", "2201123C", HOME)
    enrolled.wallet.post(f"{enrolled.path}/credential-changes", json=change).raise_for_status()
    assert _login(enrolled, "evt-2", "SM-S9180")["decision"] == "challenge"
    assert _settle(enrolled, "evt-2", "passed", "sms").json()["decision"] == "challenge"
    assert _login(enrolled, "evt-3", "SM-S9180")["device"]["recognition"] == "new"
    assert enrolled.verify(event_id="evt-2").json()["login_proven"] is True
    assert _login(enrolled, "evt-4", "SM-S9180")["device"]["recognition"] == "known"
    methods = [fact["method"] for fact in recorded(service, enrolled.account_id, "challenge.passed")]
    assert methods == ["sms", "totp"]
    assert _settle(enrolled, "evt-2", "passed", "sms").json()["decision"] == "allow"


def test_no_code_makes_good_what_its_owner_disowned(service: Service, enrolled: Owner) -> None:
    """The code was right, and the login was proven by another one before."""
    _login(enrolled, "home", "2201123C", HOME)
    alert_id = _login(enrolled, "evt-2", "SM-S9180")["alert_id"]
    assert enrolled.verify(event_id="evt-2").json()["login_proven"] is True
    disowned = enrolled.wallet.post(f"/v1/alerts/{alert_id}/answer", json={"answer": "not_me"})
    assert disowned.status_code == 200
    with service.work() as work:
        accounts.set_standing(accounts.lock(work, enrolled.account_id), Standing.ACTIVE)
    enrolled.next_step()
    assert enrolled.verify(event_id="evt-2").json()["login_proven"] is False
    assert _settle(enrolled, "evt-2", "passed").status_code == 200
    assert _login(enrolled, "evt-3", "SM-S9180")["device"]["recognition"] == "new"


def test_without_a_login_nothing_is_said_of_one(enrolled: Owner) -> None:
    assert "login_proven" not in enrolled.verify().json()


def test_a_refused_code_proves_nothing(enrolled: Owner) -> None:
    _challenged(enrolled, "evt-2")
    assert enrolled.verify(enrolled.wrong_code(), event_id="evt-2").status_code == 403
    assert _login(enrolled, "evt-3", "SM-S9180")["device"]["recognition"] == "new"


def test_a_code_for_a_login_that_nobody_knows_is_not_spent(enrolled: Owner) -> None:
    answer = enrolled.verify(event_id="evt-unknown")
    assert (answer.status_code, answer.json()["code"]) == (404, "event_unknown")
    assert enrolled.verify().status_code == 200


def test_another_accounts_login_is_not_proven(enrolled: Owner) -> None:
    other = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-other")
    _challenged(other, "evt-2")
    assert enrolled.verify(event_id="evt-2").status_code == 404
    assert _login(other, "evt-3", "SM-S9180")["device"]["recognition"] == "new"
