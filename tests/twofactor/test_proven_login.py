"""A correct second factor proves the device of the login that asked for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twofactor.owner import Owner

HOME = {"ip": "203.0.113.7", "geo": {"country": "CN", "region": "BJ", "city": "Beijing", "asn": 4134}}
AWAY = {"ip": "198.51.100.9", "geo": {"country": "NG", "region": "LA", "city": "Lagos", "asn": 29465}}


def _login(owner: Owner, event_id: str, model: str, place: dict[str, Any] = AWAY) -> dict[str, Any]:
    body = {
        "event_id": event_id,
        "account_id": owner.account_id,
        "occurred_at": owner.clock.now.isoformat(),
        "outcome": "success",
        "user_agent": f"UWallet/5.2.0 (Android 14; {model}; zh_CN)",
        "device_id": f"install-{model}",
        **place,
    }
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
