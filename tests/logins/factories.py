"""Login events as a wallet would send them."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from secmon.sealing.install_ids import InstallIds
from tests.service import START, TEST_KEYS

INSTALLS = InstallIds(TEST_KEYS)
_serial = itertools.count(1)

BEIJING = {
    "country": "CN",
    "region": "BJ",
    "city": "Beijing",
    "latitude": 39.9,
    "longitude": 116.4,
    "asn": 4134,
}
LAGOS = {"country": "NG", "region": "LA", "city": "Lagos", "latitude": 6.5, "longitude": 3.4, "asn": 29465}


def login(account_id: str, **changes: Any) -> dict[str, Any]:
    """An owner's login from the usual phone and place; `changes` override, `after` moves it in time."""
    after: timedelta = changes.pop("after", timedelta())
    return {
        "event_id": f"evt-{next(_serial)}",
        "account_id": account_id,
        "occurred_at": (START - timedelta(days=1) + after).isoformat(),
        "outcome": "success",
        "ip": "203.0.113.7",
        "user_agent": "UWallet/5.2.0 (Android 14; Xiaomi 2201123C; zh_CN)",
        "device_id": f"ins-{account_id}",
        "amr": ["pwd"],
        "geo": BEIJING,
        **changes,
    }


def phone(account_id: str, install: str = "ins") -> str:
    """What the phone of `login`, or the "strange" one of `takeover`, is shown as."""
    return INSTALLS.shown(f"{install}-{account_id}")


def takeover(account_id: str, **changes: Any) -> dict[str, Any]:
    """A stranger's login: another phone, another continent."""
    foreign = {
        "ip": "198.51.100.9",
        "user_agent": "UWallet/5.2.0 (Android 13; samsung SM-A135F; en_NG)",
        "device_id": f"strange-{account_id}",
        "geo": LAGOS,
        "after": timedelta(minutes=40),
    }
    return login(account_id, **{**foreign, **changes})
