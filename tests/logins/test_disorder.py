"""F07: duplicates and disorder leave the same rows, and of what is learnt the same profile, as order does."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from secmon.devices.models import Device
from secmon.logins.models import StoredLogin, StoredProfile
from secmon.risk.profile import Profile
from tests.logins.factories import BEIJING, LAGOS, login
from tests.service import Service

PHONE, TABLET = "Xiaomi 2201123C", "HUAWEI BAH4-W09"
COLUMNS = [getattr(Device, name) for name in ("device_key", "install_id", "traits", "known_since")]
TIMES = [Device.first_seen_at, Device.last_seen_at]


def history(account_id: str) -> list[dict[str, Any]]:
    """Thirty logins, all of them proven: two devices, updates of system and app, a journey."""
    events = []
    for number in range(30):
        system, app = 13 + number // 12, f"5.{number // 4}.0"
        phone = number % 3 < 2
        model = PHONE if phone else TABLET
        events.append(
            login(
                account_id,
                event_id=f"e{number}",
                after=timedelta(hours=number * 7 - 240, minutes=number),
                ip=f"203.0.113.{number % 5 + 1}",
                device_id=f"phone-{account_id}" if phone else f"tablet-{account_id}",
                user_agent=f"UWallet/{app} (Android {system}; {model}; zh_CN)",
                amr=["pwd", "otp"],
                geo=LAGOS if 20 < number < 24 else BEIJING,
            )
        )
    return events


def left(service: Service, account_id: str) -> tuple[Any, ...]:
    """Profile, devices and events, without what names the account."""
    with service.work(write=False) as work:
        profile = select(StoredProfile.profile).where(StoredProfile.account_id == account_id)
        devices = select(*COLUMNS, *TIMES).where(Device.account_id == account_id).order_by(Device.device_key)
        events = select(StoredLogin.event_id, StoredLogin.learnt).where(StoredLogin.account_id == account_id)
        text = str(work.session.scalar(profile)).replace(account_id, "")
        rows = [tuple(row) for row in work.session.execute(devices)]
        known = [tuple(str(cell).replace(account_id, "") for cell in row) for row in rows]
        return Profile.decode(text), known, sorted(map(tuple, work.session.execute(events)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_F07_disorder_and_duplicates_leave_what_order_leaves(
    service: Service, wallet: httpx.Client, account_id: str, seed: int
) -> None:
    in_order, shuffled = f"{account_id}-in-order", f"{account_id}-shuffled"
    for event in history(in_order):
        wallet.post("/v1/login-events", json=event).raise_for_status()
    told = history(shuffled) + history(shuffled)[::3]
    Random(seed).shuffle(told)
    for one in told:
        wallet.post("/v1/login-events", json=one).raise_for_status()
    assert left(service, shuffled) == left(service, in_order)
    assert all(learnt for _, learnt in left(service, shuffled)[2])
