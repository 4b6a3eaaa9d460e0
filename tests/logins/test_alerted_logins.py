"""Which logins their owner is told of: those from new devices, and those that were not simply let in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.logins.factories import login, takeover

OTHER_PHONE = "UWallet/5.2.0 (Android 13; samsung SM-A135F; zh_CN)"
OWN_PHONE = "UWallet/5.2.0 (Android 14; Xiaomi 2201123C; zh_CN)"


def judged(wallet: httpx.Client, account_id: str, **changes: Any) -> dict[str, Any]:
    answer = wallet.post("/v1/login-events", json=login(account_id, **changes))
    body: dict[str, Any] = answer.raise_for_status().json()
    return body


def proven(minutes: int, **changes: Any) -> dict[str, Any]:
    """What lets a login in from whatever device: its owner showed a second factor."""
    return {"amr": ["pwd", "otp"], "after": timedelta(minutes=minutes), **changes}


@pytest.mark.parametrize(
    ("code", "device"),
    [
        ("new_device", {"device_id": "another", "user_agent": OTHER_PHONE}),
        ("new_install_of_known_model", {"device_id": "another", "user_agent": OWN_PHONE}),
        ("mismatched_device", {"user_agent": OTHER_PHONE}),
    ],
)
def test_an_owner_is_told_of_a_new_device_that_was_allowed_once_a_day(
    wallet: httpx.Client, account_id: str, code: str, device: dict[str, str]
) -> None:
    assert judged(wallet, account_id)["alert_id"] is None
    first = judged(wallet, account_id, **proven(5, **device))
    assert first["decision"] == "allow"
    assert code in {signal["code"] for signal in first["risk"]["signals"]}
    assert first["alert_id"] is not None
    listed = wallet.get(f"/v1/accounts/{account_id}/alerts").json()["items"]
    assert [(alert["alert_id"], alert["decision"]) for alert in listed] == [(first["alert_id"], "allow")]
    again = judged(wallet, account_id, **proven(10, **device))
    assert (again["device"]["recognition"], again["alert_id"]) == ("known", None)


@pytest.mark.parametrize(
    ("zone", "hours_utc", "days"),
    [
        # The operator's owners live in Asia/Shanghai unless the wallet knows better.
        (None, (20, 30), 1),
        (None, (14, 18), 2),
        ("Europe/Lisbon", (14, 18), 1),
        ("America/New_York", (3, 6), 2),
    ],
)
def test_days_begin_at_the_owners_midnight(
    wallet: httpx.Client, account_id: str, zone: str | None, hours_utc: tuple[int, int], days: int
) -> None:
    judged(wallet, account_id, after=timedelta(days=-3))
    if zone is not None:
        wallet.put(f"/v1/accounts/{account_id}", json={"time_zone": zone}).raise_for_status()
    alerts = set()
    for hours in hours_utc:
        at = datetime(2026, 11, 19, tzinfo=UTC) + timedelta(hours=hours)
        stranger = takeover(account_id, occurred_at=at.isoformat())
        alerts.add(wallet.post("/v1/login-events", json=stranger).raise_for_status().json()["alert_id"])
    assert None not in alerts
    assert len(alerts) == days


@pytest.mark.parametrize(
    ("does", "decision"),
    [
        ({}, "challenge"),
        ({"ip": "192.0.2.77"}, "challenge"),
        ({"user_agent": "curl/8.5.0"}, "deny"),
    ],
)
def test_one_alert_a_device_day_and_place_whatever_the_device_does(
    wallet: httpx.Client, account_id: str, does: dict[str, Any], decision: str
) -> None:
    judged(wallet, account_id)
    stranger = takeover(account_id)
    first = wallet.post("/v1/login-events", json=stranger).raise_for_status().json()
    again = takeover(account_id, after=timedelta(hours=1), **does)
    told = wallet.post("/v1/login-events", json=again).raise_for_status().json()
    assert (told["decision"], told["alert_id"]) == (decision, first["alert_id"])
    other = takeover(account_id, after=timedelta(hours=2), device_id="yet-another")
    other_told = wallet.post("/v1/login-events", json=other).raise_for_status().json()
    assert other_told["alert_id"] not in {None, first["alert_id"]}


def test_nobody_is_told_of_a_first_device_or_of_a_newer_system(wallet: httpx.Client, account_id: str) -> None:
    assert judged(wallet, account_id)["alert_id"] is None
    newer = OWN_PHONE.replace("Android 14", "Android 15")
    updated = judged(wallet, account_id, after=timedelta(minutes=5), user_agent=newer)
    assert (updated["device"]["recognition"], updated["alert_id"]) == ("updated", None)


def test_nobody_is_told_of_history_or_of_a_failure(wallet: httpx.Client, account_id: str) -> None:
    judged(wallet, account_id, after=timedelta(days=-60))
    device = {"device_id": "another", "user_agent": OTHER_PHONE}
    assert judged(wallet, account_id, after=timedelta(days=-50), **device)["alert_id"] is None
    failed = judged(wallet, account_id, outcome="failure", device_id="third", user_agent="curl/8.5.0")
    assert failed["alert_id"] is None
