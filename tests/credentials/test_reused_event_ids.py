"""The same `event_id` with another change is a conflict, and never taken for the first one (R32)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cases import desk
from tests.service import START

PASSWORD = {
    "event_id": "chg-1",
    "occurred_at": START.isoformat(),
    "credential": "password",
    "method": "user",
    "ip": "203.0.113.7",
    "device_id": "ins-1",
}
OTHERS = {
    "occurred_at": "2026-11-22T01:59:00Z",
    "credential": "phone",
    "method": "recovery",
    "ip": "198.51.100.9",
    "device_id": None,
    "user_agent": "curl/8",
    "case_id": "019ab0c4-7c1e-7a10-9d53-0d6a5d0f2b11",
}


def report(wallet: httpx.Client, account_id: str, **changes: Any) -> httpx.Response:
    return wallet.post(f"/v1/accounts/{account_id}/credential-changes", json={**PASSWORD, **changes})


@pytest.mark.parametrize("field", OTHERS)
def test_A50_a_change_under_another_changes_event_id_is_a_conflict(
    wallet: httpx.Client, account_id: str, field: str
) -> None:
    first = report(wallet, account_id)
    assert desk.code(report(wallet, account_id, **{field: OTHERS[field]})) == (409, "event_id_reused")
    again = report(wallet, account_id, occurred_at="2026-11-22T10:00:00+08:00", ip="::ffff:203.0.113.7")
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())


def test_A50_a_phone_change_is_not_swallowed_by_a_password_changes_id(
    wallet: httpx.Client, account_id: str
) -> None:
    report(wallet, account_id)
    report(wallet, account_id, credential="phone")
    assert desk.standing(wallet, account_id)["restrictions"] == []
    assert report(wallet, account_id, credential="phone", event_id="chg-2").status_code == 201
    held = desk.standing(wallet, account_id)["restrictions"]
    assert {one["reason"] for one in held} == {"phone_changed"}
