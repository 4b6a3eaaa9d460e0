"""Another login under a known `event_id` is a conflict, and never taken for the first one (R32)."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import update

from secmon.logins.models import StoredLogin
from tests.cases import desk
from tests.logins.factories import LAGOS, login, takeover
from tests.logins.test_replayed_logins import MANY, ONE, post, said
from tests.service import Service

OTHERS = {
    "ip": "198.51.100.9",
    "device_id": "stranger",
    "user_agent": "curl/8",
    "geo": LAGOS,
    "outcome": "failure",
    "session_id": "s-2",
    "channel": "web",
    "amr": ["pwd", "otp"],
    "occurred_at": "2026-11-21T01:00:00Z",
}


@pytest.mark.parametrize("field", OTHERS)
def test_A49_an_event_id_with_other_content_is_a_conflict(
    wallet: httpx.Client, account_id: str, field: str
) -> None:
    event = login(account_id)
    first = said(post(wallet, ONE, event))
    other = {**event, field: OTHERS[field]}
    answer = post(wallet, ONE, other)
    assert desk.code(answer) == (409, "event_id_reused")
    (result,) = post(wallet, MANY, other).json()["results"]
    assert (result["status"], result["event_id"]) == ("invalid", event["event_id"])
    (error,) = result["errors"]
    assert error["pointer"] == "/events/0/event_id"
    assert "event_id_reused" in error["message"]
    assert said(post(wallet, ONE, event)) == first
    listed = wallet.get(f"/v1/accounts/{account_id}/login-events").json()["items"]
    assert [one["ip"] for one in listed] == ["203.0.113.7"]


def test_A49_two_events_of_one_id_in_a_batch_are_a_conflict_and_hurt_no_neighbour(
    wallet: httpx.Client, account_id: str
) -> None:
    event = login(account_id)
    other = takeover(account_id, event_id=event["event_id"])
    batch = {"events": [event, other, login(account_id), event]}
    results = wallet.post(MANY, json=batch).json()["results"]
    assert [one["status"] for one in results] == ["created", "invalid", "created", "duplicate"]
    assert results[1]["errors"][0]["pointer"] == "/events/1/event_id"


def test_the_same_login_spelled_otherwise_is_the_same(wallet: httpx.Client, account_id: str) -> None:
    event = login(account_id, occurred_at="2026-11-21T10:00:00+08:00", ip="2001:db8::1", amr=["pwd", "otp"])
    first = said(post(wallet, ONE, event))
    otherwise = {
        **event,
        "occurred_at": "2026-11-21T02:00:00.000Z",
        "ip": "2001:0DB8:0:0::1",
        "amr": ["otp", "pwd"],
        "session_id": None,
        "geo": {**event["geo"], "region": "BJ", "anonymizer": False, "accuracy_radius_km": None},
    }
    assert said(post(wallet, ONE, otherwise)) == first


def test_A49_an_event_stored_by_the_release_before_is_compared_by_what_was_stored(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    event = login(account_id)
    first = said(post(wallet, ONE, event))
    with service.work() as work:
        work.session.execute(
            update(StoredLogin).where(StoredLogin.account_id == account_id).values(digest=None)
        )
    for path in (ONE, MANY):
        assert said(post(wallet, path, event)) == first
    other = {**event, "ip": "198.51.100.9"}
    assert desk.code(post(wallet, ONE, other)) == (409, "event_id_reused")
    assert post(wallet, MANY, other).json()["results"][0]["status"] == "invalid"
