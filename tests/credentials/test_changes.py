"""A change of credentials restricts what a thief would do next, and is evidence at the next login."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from secmon.outbox.kinds import Kind
from secmon.outbox.models import OwedMessage
from tests.logins.factories import login, takeover
from tests.service import START, Service

HELD = {"transfer", "withdraw", "add_payee", "raise_limit", "change_credentials", "export_key"}


def change(credential: str, method: str = "user", **fields: Any) -> dict[str, Any]:
    body = {"event_id": f"chg-{credential}", "occurred_at": START.isoformat()}
    return {**body, "credential": credential, "method": method, **fields}


def test_a_new_phone_keeps_money_in_for_a_day(wallet: httpx.Client, account_id: str) -> None:
    path = f"/v1/accounts/{account_id}"
    assert wallet.post(f"{path}/credential-changes", json=change("phone")).status_code == 201
    standing = wallet.get(f"{path}/standing", params={"action": "withdraw"}).json()
    assert standing["allowed"] is False
    assert {one["action"] for one in standing["restrictions"]} == HELD
    assert {one["reason"] for one in standing["restrictions"]} == {"phone_changed"}
    assert wallet.get(f"{path}/standing", params={"action": "login"}).json()["allowed"] is True


def test_a_change_reported_again_is_the_same_change(wallet: httpx.Client, account_id: str) -> None:
    path = f"/v1/accounts/{account_id}/credential-changes"
    first = wallet.post(path, json=change("email"))
    again = wallet.post(path, json=change("email"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


@pytest.mark.parametrize("days", [2, 31])
@pytest.mark.parametrize("credential", ["phone", "email"])
def test_R37_a_change_that_is_reported_late_holds_from_when_it_is_reported(
    service: Service, wallet: httpx.Client, account_id: str, credential: str, days: int
) -> None:
    """Else a thief's change had only to be told of late, or dated back."""
    path = f"/v1/accounts/{account_id}"
    old = change(credential, occurred_at=(START - timedelta(days=days)).isoformat())
    for minutes in (0, 10):
        service.clock.now = START + timedelta(minutes=minutes)
        wallet.post(f"{path}/credential-changes", json=old).raise_for_status()
        held = wallet.get(f"{path}/standing").json()["restrictions"]
        assert {one["until"] for one in held} == {"2026-11-23T02:00:00Z"}
    told = select(OwedMessage.payload).where(
        OwedMessage.account_id == account_id, OwedMessage.kind == Kind.ACCOUNT_RESTRICTED
    )
    with service.work(write=False) as work:
        (payload,) = work.session.scalars(told)
    # Nobody is told of what is over already.
    assert json.loads(payload)["until"] == "2026-11-23T02:00:00+00:00"


def test_a_change_long_ago_is_history_that_nobody_is_told_of(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    path = f"/v1/accounts/{account_id}/credential-changes"
    for days in (31, 29):
        at = (START - timedelta(days=days)).isoformat()
        told = change("password", event_id=f"chg-{days}", occurred_at=at)
        wallet.post(path, json=told).raise_for_status()
    of_account = select(func.count()).where(
        OwedMessage.account_id == account_id, OwedMessage.kind == Kind.CREDENTIAL_CHANGED
    )
    with service.work(write=False) as work:
        assert work.session.scalar(of_account) == 1


def test_a_recovery_is_evidence_against_a_new_device(wallet: httpx.Client, account_id: str) -> None:
    wallet.post("/v1/login-events", json=login(account_id))
    recovered = change("password", "recovery", occurred_at=(START - timedelta(hours=1)).isoformat())
    wallet.post(f"/v1/accounts/{account_id}/credential-changes", json=recovered)
    after = takeover(account_id, after=timedelta(hours=23, minutes=30))
    answer = wallet.post("/v1/login-events", json=after).json()
    assert "recent_recovery" in {signal["code"] for signal in answer["risk"]["signals"]}
