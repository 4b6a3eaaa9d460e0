"""A login comes in, and the service says whose device it is, how risky the login is and what to do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from secmon.alerts.models import Alert
from secmon.logins.models import StoredLogin
from tests.logins.factories import login, takeover
from tests.service import START, Service


def test_the_first_login_is_the_baseline(wallet: httpx.Client, account_id: str) -> None:
    answer = wallet.post("/v1/login-events", json=login(account_id))
    assert answer.status_code == 201
    body = answer.json()
    assert body["decision"] == "allow"
    assert body["device"]["recognition"] == "first"
    assert body["device"]["label"] == "Xiaomi 2201123C · Android 14 · UWallet 5"
    assert body["standing"] == "active"


def test_a_takeover_is_challenged_with_its_reasons(wallet: httpx.Client, account_id: str) -> None:
    wallet.post("/v1/login-events", json=login(account_id))
    body = wallet.post(
        "/v1/login-events", json=takeover(account_id), headers={"Accept-Language": "en"}
    ).json()
    assert body["decision"] in {"challenge", "deny"}
    reasons = {signal["code"]: signal["detail"] for signal in body["risk"]["signals"]}
    assert "Samsung SM-A135F" in reasons["new_device"]
    assert "Beijing to Lagos" in reasons["impossible_travel"]
    assert body["alert_id"] is not None


def test_the_owner_is_answered_in_their_language(wallet: httpx.Client, account_id: str) -> None:
    wallet.post("/v1/login-events", json=login(account_id))
    body = wallet.post("/v1/login-events", json=takeover(account_id)).json()
    assert any("首次" in signal["detail"] for signal in body["risk"]["signals"])


@pytest.mark.parametrize(
    ("change", "recognition"),
    [
        ({}, "known"),
        ({"user_agent": "UWallet/6.0.1 (Android 15; Xiaomi 2201123C; zh_CN)"}, "updated"),
        ({"ip": "203.0.114.200"}, "known"),
        ({"device_id": "another"}, "new"),
        ({"user_agent": "UWallet/5.2.0 (Android 14; HUAWEI ALN-AL00; zh_CN)"}, "mismatched"),
    ],
)
def test_a_device_is_recognised_by_its_traits(
    wallet: httpx.Client, account_id: str, change: dict[str, str], recognition: str
) -> None:
    wallet.post("/v1/login-events", json=login(account_id))
    again = login(account_id, after=timedelta(hours=2), **change)
    assert wallet.post("/v1/login-events", json=again).json()["device"]["recognition"] == recognition


@pytest.mark.parametrize("user_agent", ["", "Mozilla/5.0", "UWallet/5.2.0"])
def test_a_copied_install_without_its_handset_is_challenged_and_not_denied(
    wallet: httpx.Client, account_id: str, user_agent: str
) -> None:
    for day in range(3):
        usual = login(account_id, after=timedelta(days=day - 5))
        assert wallet.post("/v1/login-events", json=usual).json()["decision"] == "allow"
    stranger = login(account_id, user_agent=user_agent, ip="198.51.100.9")
    body = wallet.post("/v1/login-events", json=stranger).json()
    assert (body["device"]["recognition"], body["decision"]) == ("mismatched", "challenge")
    assert "mismatched_device" in {signal["code"] for signal in body["risk"]["signals"]}


def test_a_repeated_event_is_judged_once(wallet: httpx.Client, account_id: str) -> None:
    event = login(account_id)
    first = wallet.post("/v1/login-events", json=event)
    wallet.post("/v1/login-events", json=login(account_id, after=timedelta(hours=1)))
    second = wallet.post("/v1/login-events", json=event)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.text == first.text


def test_A32_one_event_a_hundred_times_at_once_is_one_row_and_one_alert(
    service: Service, account_id: str
) -> None:
    with service.client("wallet") as wallet:
        wallet.post("/v1/login-events", json=login(account_id))
    event = takeover(account_id)

    def post(_: int) -> httpx.Response:
        with service.client("wallet") as client:
            return client.post("/v1/login-events", json=event)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(post, range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] * 99 + [201]
    assert len({answer.text for answer in answers}) == 1
    with service.work(write=False) as work:
        rows = select(func.count()).where(
            StoredLogin.account_id == account_id, StoredLogin.event_id == event["event_id"]
        )
        assert work.session.scalar(rows) == 1
        assert work.session.scalar(select(func.count()).where(Alert.account_id == account_id)) == 1


def test_a_challenged_login_teaches_nothing_until_it_is_passed(wallet: httpx.Client, account_id: str) -> None:
    wallet.post("/v1/login-events", json=login(account_id))
    challenged = takeover(account_id, after=timedelta(hours=20))
    assert wallet.post("/v1/login-events", json=challenged).json()["decision"] == "challenge"
    again = takeover(account_id, after=timedelta(hours=21))
    assert wallet.post("/v1/login-events", json=again).json()["device"]["recognition"] == "new"
    path = f"/v1/accounts/{account_id}/login-events/{again['event_id']}/challenge"
    passed = {"outcome": "passed", "method": "otp", "occurred_at": START.isoformat()}
    settled = wallet.post(path, json=passed)
    assert settled.status_code == 200
    assert settled.json()["decision"] == "allow"
    third = takeover(account_id, after=timedelta(hours=22))
    assert wallet.post("/v1/login-events", json=third).json()["device"]["recognition"] == "known"
    assert wallet.post(path, json=passed).status_code == 200
    other = wallet.post(path, json={**passed, "outcome": "failed"})
    assert (other.status_code, other.json()["code"]) == (409, "challenge_settled")


def test_A44_fifty_challenged_logins_are_still_not_a_habit(wallet: httpx.Client, account_id: str) -> None:
    wallet.post("/v1/login-events", json=login(account_id))
    for attempt in range(50):
        event = takeover(account_id, after=timedelta(minutes=60 + 10 * attempt))
        body = wallet.post("/v1/login-events", json=event).json()
        assert body["decision"] != "allow"
        assert body["device"]["recognition"] == "new"


def test_A43_times_that_no_clock_shows(wallet: httpx.Client, account_id: str) -> None:
    # Those without a zone lie in the past by any.
    for time in ("2099-01-01T00:00:00Z", "2026-11-20T10:00:00", "2026-11-20 10:00", "yesterday"):
        answer = wallet.post("/v1/login-events", json=login(account_id, occurred_at=time))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/occurred_at"
    assert wallet.get(f"/v1/accounts/{account_id}/login-events").status_code == 404
    old = wallet.post("/v1/login-events", json=login(account_id, occurred_at="1970-01-02T00:00:00Z"))
    assert (old.status_code, old.json()["alert_id"]) == (201, None)


def test_A43_a_strangers_login_of_long_ago_alerts_nobody(wallet: httpx.Client, account_id: str) -> None:
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    stranger = takeover(account_id, occurred_at="1970-01-02T00:00:00Z")
    judged = wallet.post("/v1/login-events", json=stranger)
    assert (judged.status_code, judged.json()["alert_id"]) == (201, None)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"ip": "999.1.1.1"}, "/ip"),
        ({"ip": "fe80::1%eth0"}, "/ip"),
        ({"outcome": "maybe"}, "/outcome"),
        ({"account_id": "acct 1"}, "/account_id"),
        ({"account_id": "acct-１"}, "/account_id"),
        ({"event_id": 5}, "/event_id"),
        ({"amr": ["PWD!"]}, "/amr/0"),
        ({"geo": {"latitude": 95.0, "longitude": 1.0}}, "/geo/latitude"),
        ({"geo": {"country": "XX"}}, "/geo/country"),
        ({"geo": {"asn": "4134"}}, "/geo/asn"),
        ({"geo": {"asn": 12.9}}, "/geo/asn"),
        ({"geo": {"anonymizer": "yes"}}, "/geo/anonymizer"),
        ({"trusted": True}, "/trusted"),
        ({"user_agent": "x" * 4097}, "/user_agent"),
        ({"user_agent": "a\0b"}, "/user_agent"),
        ({"failure_reason": "bad_password"}, "/failure_reason"),
    ],
)
def test_what_does_not_fit_is_422_with_a_pointer_and_leaves_nothing(
    wallet: httpx.Client, account_id: str, change: dict[str, object], pointer: str
) -> None:
    answer = wallet.post("/v1/login-events", json={**login(account_id), **change})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert wallet.get(f"/v1/accounts/{account_id}/login-events").status_code == 404


def test_what_may_be_missing_may_be_null(wallet: httpx.Client, account_id: str) -> None:
    optional = ("failure_reason", "device_id", "session_id", "channel", "amr", "geo")
    nothing = dict.fromkeys(optional)
    assert wallet.post("/v1/login-events", json=login(account_id, **nothing)).status_code == 201
    event = login(account_id, after=timedelta(hours=1))
    left_out = {name: value for name, value in event.items() if name not in optional}
    assert wallet.post("/v1/login-events", json=left_out).json()["device"]["recognition"] == "known"


def test_an_ipv4_mapped_address_is_the_ipv4_address(wallet: httpx.Client, account_id: str) -> None:
    wallet.post("/v1/login-events", json=login(account_id, ip="::ffff:203.0.113.7"))
    listed = wallet.get(f"/v1/accounts/{account_id}/login-events").json()["items"]
    assert listed[0]["ip"] == "203.0.113.7"


def test_a_risk_assessment_records_nothing(wallet: httpx.Client, account_id: str) -> None:
    event = {name: value for name, value in login(account_id).items() if name not in {"event_id", "outcome"}}
    assert wallet.post("/v1/risk-assessments", json=event).json()["decision"] == "allow"
    assert wallet.get(f"/v1/accounts/{account_id}/login-events").status_code == 404


def test_events_are_listed_newest_first_in_stable_pages(wallet: httpx.Client, account_id: str) -> None:
    for hour in range(5):
        wallet.post("/v1/login-events", json=login(account_id, after=timedelta(hours=hour)))
    path = f"/v1/accounts/{account_id}/login-events"
    first = wallet.get(path, params={"limit": 2}).json()
    wallet.post("/v1/login-events", json=login(account_id, after=timedelta(hours=9)))
    second = wallet.get(path, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    times = [item["occurred_at"] for item in first["items"] + second["items"]]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == 4
    assert wallet.get(path, params={"cursor": "nonsense"}).status_code == 422
