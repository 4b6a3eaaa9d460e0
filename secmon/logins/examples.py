"""Requests that work as they are, for the API document and the README."""

LOGIN_EVENT = {
    "event_id": "evt-1",
    "account_id": "acct-1",
    "occurred_at": "2026-11-22T10:00:00+08:00",
    "outcome": "success",
    "ip": "203.0.113.7",
    "user_agent": "UWallet/5.2 (Android 14; Xiaomi 2201123C)",
    "device_id": "ins-9f31",
    "session_id": "s-1",
    "channel": "app",
    "amr": ["pwd"],
    "geo": {
        "country": "CN",
        "region": "BJ",
        "city": "Beijing",
        "latitude": 39.9,
        "longitude": 116.4,
        "asn": 4134,
    },
}
ASSESSMENT_REQUEST = {
    name: value for name, value in LOGIN_EVENT.items() if name not in {"event_id", "outcome"}
}
BATCH = {
    "events": [LOGIN_EVENT, {**LOGIN_EVENT, "event_id": "evt-2", "occurred_at": "2026-11-22T19:30:00+08:00"}]
}
