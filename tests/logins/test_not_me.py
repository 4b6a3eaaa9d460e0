"""The owner says "not me": whatever that device ever taught is taken back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from secmon.logins.models import StoredLogin, StoredProfile
from secmon.risk.counts import faded_count
from tests.logins.factories import BEIJING, login, takeover
from tests.service import Service

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
    " Safari/537.36"
)


def post(wallet: httpx.Client, event: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = wallet.post("/v1/login-events", json=event).raise_for_status().json()
    return answer


def habits(service: Service, account_id: str) -> dict[str, Any]:
    """What the profile holds of habits: its counts, totals, hours, first times and places."""
    with service.work(write=False) as work:
        query = select(StoredProfile.profile).where(StoredProfile.account_id == account_id)
        profile = json.loads(str(work.session.scalar(query)))
    counts = {
        level: {value: faded_count(packed) for value, packed in shown.items()}
        for level, shown in profile["c"].items()
    }
    return {"counts": counts, **{name: profile[name] for name in ("t", "d", "h", "r")}}


def learnt(service: Service, account_id: str) -> set[str]:
    with service.work(write=False) as work:
        query = select(StoredLogin.event_id).where(StoredLogin.account_id == account_id, StoredLogin.learnt)
        return set(work.session.scalars(query))


@pytest.mark.parametrize(
    "device",
    [
        {"device_id": "stranger"},
        {"device_id": None, "user_agent": WINDOWS},
        {"device_id": "owner", "user_agent": "UWallet/5.2.0 (Android 13; samsung SM-A135F; en_NG)"},
    ],
    ids=["install", "browser", "clone"],
)
def test_not_me_takes_back_every_login_of_the_device(
    service: Service, wallet: httpx.Client, account_id: str, device: dict[str, Any]
) -> None:
    """Five logins that a stolen second factor had proven, in the owner's own city and network."""
    own, alone = f"ins-{account_id}", f"{account_id}-alone"
    for owner in (account_id, alone):
        for day in range(3):
            event = login(owner, device_id=own, event_id=f"own-{day}", after=timedelta(days=day - 9))
            post(wallet, event)
    stranger = {**device, "device_id": own} if device["device_id"] == "owner" else device
    judged = []
    for hour in range(5):
        there = {"geo": BEIJING, "ip": f"203.0.113.{7 + hour % 2}", "after": timedelta(hours=hour)}
        event = takeover(account_id, **{**stranger, **there}, amr=["pwd", "otp"], event_id=f"theirs-{hour}")
        judged.append(post(wallet, event))
    assert {one["decision"] for one in judged} == {"allow"}
    assert len(learnt(service, account_id)) == 8
    answer = wallet.post(f"/v1/alerts/{judged[0]['alert_id']}/answer", json={"answer": "not_me"})
    answer.raise_for_status()
    assert learnt(service, account_id) == {"own-0", "own-1", "own-2"}
    assert habits(service, account_id) == habits(service, alone)
