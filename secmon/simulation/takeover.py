"""One scripted takeover: an owner's ordinary week, then a stranger with the password."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

ACCOUNT = "demo-lihua"
PHONE = "UWallet/5.12.0 (Android 14; Xiaomi 2201123C; zh_CN)"
UPDATED_PHONE = "UWallet/5.13.0 (Android 15; Xiaomi 2201123C; zh_CN)"
STRANGER = "UWallet/5.12.0 (Android 12; samsung SM-A125F; en_US)"
BEIJING = {
    "country": "CN",
    "region": "BJ",
    "city": "Beijing",
    "latitude": 39.9,
    "longitude": 116.4,
    "asn": 4134,
}
FRANKFURT = {
    "country": "DE",
    "region": "HE",
    "city": "Frankfurt",
    "latitude": 50.1,
    "longitude": 8.7,
    "asn": 24940,
}

# (what happens, hours before now, address, user agent, install, place, outcome)
_SCRIPT: tuple[tuple[str, float, str, str, str, dict[str, Any], str], ...] = (
    ("Li Hua, first login", 150, "114.240.18.31", PHONE, "ins-lihua", BEIJING, "success"),
    ("Li Hua, at home", 126, "114.240.18.31", PHONE, "ins-lihua", BEIJING, "success"),
    ("Li Hua, mobile data", 101, "39.144.7.90", PHONE, "ins-lihua", BEIJING, "success"),
    ("Li Hua, typing error", 76.01, "114.240.18.31", PHONE, "ins-lihua", BEIJING, "failure"),
    ("Li Hua, at home", 76, "114.240.18.31", PHONE, "ins-lihua", BEIJING, "success"),
    ("Li Hua, app and system updated", 52, "114.240.18.64", UPDATED_PHONE, "ins-lihua", BEIJING, "success"),
    ("Li Hua, at home", 1.2, "114.240.18.64", UPDATED_PHONE, "ins-lihua", BEIJING, "success"),
    ("a stranger guesses", 0.52, "203.0.113.77", STRANGER, "ins-x", FRANKFURT, "failure"),
    ("a stranger guesses", 0.51, "203.0.113.77", STRANGER, "ins-x", FRANKFURT, "failure"),
    ("a stranger guesses", 0.505, "203.0.113.77", STRANGER, "ins-x", FRANKFURT, "failure"),
    ("a stranger with the password", 0.5, "203.0.113.77", STRANGER, "ins-x", FRANKFURT, "success"),
    ("Li Hua, at home", 0.1, "114.240.18.64", UPDATED_PHONE, "ins-lihua", BEIJING, "success"),
)


def scripted(now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """(what happens, body of POST /v1/login-events) in order of time, the last one just before `now`."""
    return [
        (what, _body(number, now - timedelta(hours=hours), *rest))
        for number, (what, hours, *rest) in enumerate(_SCRIPT)
    ]


def _body(number: int, at: datetime, *rest: Any) -> dict[str, Any]:
    ip, user_agent, device_id, geo, outcome = rest
    return {
        "event_id": f"{ACCOUNT}-{number}",
        "account_id": ACCOUNT,
        "occurred_at": at.isoformat(),
        "outcome": outcome,
        "failure_reason": "bad_password" if outcome == "failure" else None,
        "ip": ip,
        "user_agent": user_agent,
        "device_id": device_id,
        "channel": "app",
        "amr": ["pwd"],
        "geo": geo,
    }
