"""What becomes of a login whose challenge was passed, failed, or answered for the wrong person."""

from __future__ import annotations

from typing import Any

import httpx

from tests.cases import desk
from tests.logins.factories import login, takeover

PASSED = {"outcome": "passed", "method": "otp"}


def post(wallet: httpx.Client, event: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = wallet.post("/v1/login-events", json=event).raise_for_status().json()
    return answer


def settle(wallet: httpx.Client, event: dict[str, Any], **said: Any) -> httpx.Response:
    path = f"/v1/accounts/{event['account_id']}/login-events/{event['event_id']}/challenge"
    return wallet.post(path, json={**PASSED, **said})


def challenged(wallet: httpx.Client, account_id: str) -> dict[str, Any]:
    """A stranger's login that its account's owner has to prove."""
    post(wallet, login(account_id))
    event = takeover(account_id)
    assert post(wallet, event)["decision"] == "challenge"
    return event


def known_devices(wallet: httpx.Client, account_id: str) -> set[str]:
    listed = wallet.get(f"/v1/accounts/{account_id}/devices").raise_for_status().json()["items"]
    return {device["device_id"] for device in listed}


def test_R15_nobody_passes_a_challenge_of_a_frozen_account(wallet: httpx.Client, account_id: str) -> None:
    event = challenged(wallet, account_id)
    desk.freeze(wallet, account_id)
    assert desk.code(settle(wallet, event)) == (409, "account_frozen")
    assert known_devices(wallet, account_id) == {f"ins-{account_id}"}


def test_what_was_settled_before_a_freeze_is_not_repeated_after_it(
    wallet: httpx.Client, account_id: str
) -> None:
    event = challenged(wallet, account_id)
    assert settle(wallet, event).json()["decision"] == "allow"
    desk.freeze(wallet, account_id)
    assert desk.code(settle(wallet, event)) == (409, "account_frozen")


def test_a_settled_challenge_is_answered_with_what_holds_of_the_account_now(
    wallet: httpx.Client, account_id: str
) -> None:
    event = challenged(wallet, account_id)
    compromised = wallet.post(f"/v1/accounts/{account_id}/password/compromised", json={"source": "breach"})
    assert compromised.status_code == 200, compromised.text
    settled = settle(wallet, event).json()
    assert (settled["standing"], settled["required_actions"]) == ("active", ["change_password"])
