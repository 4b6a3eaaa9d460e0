"""What becomes of a login whose challenge was passed, failed, or answered for the wrong person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from secmon.logins.models import StoredProfile
from tests.cases import desk
from tests.logins.factories import login, phone, takeover
from tests.service import START, Service
from tests.twofactor.traces import recorded

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
    assert known_devices(wallet, account_id) == {phone(account_id)}


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


def test_a_failed_challenge_takes_back_what_its_login_had_taught(
    wallet: httpx.Client, account_id: str
) -> None:
    post(wallet, login(account_id))
    event = takeover(account_id, amr=["pwd", "otp"], after=timedelta(hours=20))
    assert post(wallet, event)["decision"] == "allow"
    assert phone(account_id, "strange") in known_devices(wallet, account_id)
    assert settle(wallet, event, outcome="failed").json()["decision"] == "deny"
    assert known_devices(wallet, account_id) == {phone(account_id)}
    again = post(wallet, takeover(account_id, after=timedelta(hours=21)))
    assert again["decision"] != "allow"
    assert again["device"]["recognition"] == "new"
    # The owner is not measured by the speed from where the stranger was.
    assert post(wallet, login(account_id, after=timedelta(hours=22)))["decision"] == "allow"


def test_a_failed_challenge_of_one_login_leaves_the_owners_device_known(
    wallet: httpx.Client, account_id: str
) -> None:
    post(wallet, login(account_id))
    event = login(account_id, after=timedelta(hours=1))
    post(wallet, event)
    settle(wallet, event, outcome="failed").raise_for_status()
    assert known_devices(wallet, account_id) == {phone(account_id)}


@pytest.mark.parametrize(("method", "proves"), [("sms", False), ("tel", False), ("otp", True), ("hwk", True)])
def test_a_code_sent_to_a_number_that_was_just_changed_proves_nothing(
    wallet: httpx.Client, account_id: str, method: str, proves: bool
) -> None:
    event = challenged_with_a_new_number(wallet, account_id)
    settled = settle(wallet, event, method=method, occurred_at=START.isoformat()).raise_for_status().json()
    assert settled["decision"] == ("allow" if proves else "challenge")
    assert settled["required_actions"] == ([] if proves else ["second_factor"])
    assert (phone(account_id, "strange") in known_devices(wallet, account_id)) is proves
    (stored, _) = wallet.get(f"/v1/accounts/{account_id}/login-events").json()["items"]
    assert (stored["challenge"], stored["challenge_proven"]) == ("passed", proves)
    assert settle(wallet, event, outcome="failed").status_code == (409 if proves else 200)


def challenged_with_a_new_number(wallet: httpx.Client, account_id: str) -> dict[str, Any]:
    post(wallet, login(account_id))
    change = {"event_id": "c1", "credential": "phone", "method": "user", "occurred_at": START.isoformat()}
    wallet.post(f"/v1/accounts/{account_id}/credential-changes", json=change).raise_for_status()
    event = takeover(account_id, occurred_at=START.isoformat())
    assert post(wallet, event)["decision"] == "challenge"
    return event


@pytest.mark.parametrize(
    ("method", "after", "proves"),
    [
        ("sms", timedelta(hours=23), False),
        ("tel", timedelta(hours=24), False),
        ("pwd", timedelta(hours=1), False),
        ("otp", timedelta(0), True),
        ("hwk", timedelta(hours=24), True),
    ],
)
def test_what_a_new_number_did_not_prove_may_be_proven_after_it(
    service: Service, wallet: httpx.Client, account_id: str, method: str, after: timedelta, proves: bool
) -> None:
    """By another way; then that outcome stands."""
    event = challenged_with_a_new_number(wallet, account_id)
    settle(wallet, event, method="sms", occurred_at=START.isoformat()).raise_for_status()
    service.clock.advance(after)
    settled = settle(wallet, event, method=method).raise_for_status().json()
    assert settled["decision"] == ("allow" if proves else "challenge")
    assert (phone(account_id, "strange") in known_devices(wallet, account_id)) is proves
    methods = [fact["method"] for fact in recorded(service, account_id, "challenge.passed")]
    assert methods == (["sms", method] if proves else ["sms"])
    assert settle(wallet, event, method="sms").json()["decision"] == settled["decision"]
    assert settle(wallet, event, outcome="failed").status_code == (409 if proves else 200)


def test_a_number_that_was_replaced_in_the_profile_proves_nothing_either(
    wallet: httpx.Client, account_id: str
) -> None:
    """The wallet may report a change so alone."""
    post(wallet, login(account_id))
    for number in ("+8613812345678", "+2348012345678"):
        wallet.put(f"/v1/accounts/{account_id}", json={"phone": number}).raise_for_status()
    event = takeover(account_id, occurred_at=START.isoformat())
    assert "recent_phone_change" in {one["code"] for one in post(wallet, event)["risk"]["signals"]}
    assert settle(wallet, event, method="sms").json()["decision"] == "challenge"
    assert settle(wallet, event, method="otp").json()["decision"] == "allow"


def test_a_first_number_is_no_change(wallet: httpx.Client, account_id: str) -> None:
    event = challenged(wallet, account_id)
    wallet.put(f"/v1/accounts/{account_id}", json={"phone": "+8613812345678"}).raise_for_status()
    assert settle(wallet, event, method="sms").json()["decision"] == "allow"


def test_a_number_that_was_changed_days_ago_is_the_owners(wallet: httpx.Client, account_id: str) -> None:
    post(wallet, login(account_id))
    changed = START - timedelta(days=2)
    change = {"event_id": "c1", "credential": "phone", "method": "user", "occurred_at": changed.isoformat()}
    wallet.post(f"/v1/accounts/{account_id}/credential-changes", json=change).raise_for_status()
    event = takeover(account_id)
    assert post(wallet, event)["decision"] == "challenge"
    assert settle(wallet, event, method="sms").json()["decision"] == "allow"


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"method": "magic"}, "/method"),
        ({"method": "OTP"}, "/method"),
        ({"occurred_at": (START + timedelta(minutes=6)).isoformat()}, "/occurred_at"),
        ({"outcome": "maybe"}, "/outcome"),
    ],
)
def test_a_challenge_that_nobody_can_have_put_is_refused(
    wallet: httpx.Client, account_id: str, said: dict[str, str], pointer: str
) -> None:
    event = challenged(wallet, account_id)
    answer = settle(wallet, event, **said)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert settle(wallet, event, outcome="failed").status_code == 200


def test_was_me_teaches_nothing_that_a_passed_challenge_has_taught(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    """A login is one login, however often its owner stands by it: counted twice, it weighs twice."""
    post(wallet, login(account_id))
    judged = post(wallet, event := takeover(account_id))
    assert settle(wallet, event).json()["challenge"]["proven"] is True
    before = profile_of(service, account_id)
    answer = wallet.post(f"/v1/alerts/{judged['alert_id']}/answer", json={"answer": "was_me"})
    assert answer.json()["vouched"] is True
    assert profile_of(service, account_id) == before


def profile_of(service: Service, account_id: str) -> str:
    """As it is stored."""
    with service.work(write=False) as work:
        stored = work.session.get(StoredProfile, account_id)
        assert stored is not None
        return str(stored.profile)
