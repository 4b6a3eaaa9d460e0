"""A login that is reported again is answered by what holds now (R31)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from secmon.web.idempotency import IdempotencyKey
from tests.cases import desk
from tests.logins.factories import login, takeover
from tests.service import Service

ONE, MANY = "/v1/login-events", "/v1/login-events/batch"
BOTH = pytest.mark.parametrize("path", [ONE, MANY], ids=["one", "batch"])


def post(wallet: httpx.Client, path: str, event: dict[str, Any], **headers: str) -> httpx.Response:
    return wallet.post(path, json=event if path == ONE else {"events": [event]}, headers=headers)


def said(answer: httpx.Response) -> dict[str, Any]:
    """The assessment in an answer to one or to a batch of one."""
    body = answer.raise_for_status().json()
    found: dict[str, Any] = body["results"][0]["assessment"] if "results" in body else body
    return found


def settle(wallet: httpx.Client, event: dict[str, Any], outcome: str) -> dict[str, Any]:
    path = f"/v1/accounts/{event['account_id']}/login-events/{event['event_id']}/challenge"
    answer = wallet.post(path, json={"outcome": outcome, "method": "otp"}).raise_for_status()
    settled: dict[str, Any] = answer.json()
    return settled


def challenged(wallet: httpx.Client, account_id: str) -> dict[str, Any]:
    """An event that was answered with a challenge."""
    said(post(wallet, ONE, login(account_id)))
    event = takeover(account_id)
    assert said(post(wallet, ONE, event))["decision"] == "challenge"
    return event


@BOTH
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k"}], ids=["plain", "keyed"])
def test_A46_a_known_event_of_a_frozen_account_is_denied(
    wallet: httpx.Client, account_id: str, path: str, key: dict[str, str]
) -> None:
    event, keyed = login(account_id), {name: f"{value}-{account_id}" for name, value in key.items()}
    first = said(post(wallet, path, event, **keyed))
    assert (first["decision"], first["standing"]) == ("allow", "active")
    desk.freeze(wallet, account_id)
    again = post(wallet, path, event, **keyed)
    assert (said(again)["decision"], said(again)["standing"]) == ("deny", "frozen")
    assert "Idempotency-Replayed" not in again.headers
    assert {**said(again), "decision": "allow", "standing": "active"} == first


@BOTH
def test_A46_what_the_owner_has_to_do_now_is_in_the_answer_to_a_known_event(
    wallet: httpx.Client, account_id: str, path: str
) -> None:
    event = login(account_id)
    assert said(post(wallet, path, event))["required_actions"] == []
    wallet.post(f"/v1/accounts/{account_id}/password/compromised", json={"source": "list"})
    assert said(post(wallet, path, event))["required_actions"] == ["change_password"]


@BOTH
@pytest.mark.parametrize(("outcome", "becomes"), [("passed", "allow"), ("failed", "deny")])
def test_A46_a_known_event_is_answered_by_what_its_challenge_made_of_it(
    wallet: httpx.Client, account_id: str, path: str, outcome: str, becomes: str
) -> None:
    event = challenged(wallet, account_id)
    assert said(post(wallet, path, event))["required_actions"] == ["second_factor"]
    settled = settle(wallet, event, outcome)
    assert settled["decision"] == becomes
    assert said(post(wallet, path, event)) == settled
    desk.freeze(wallet, account_id)
    assert said(post(wallet, path, event))["decision"] == "deny"


@BOTH
def test_A46_a_login_of_before_a_freeze_opens_no_session_after_it(
    service: Service,
    wallet: httpx.Client,
    agent: httpx.Client,
    supervisor: httpx.Client,
    account_id: str,
    path: str,
) -> None:
    """Its sessions were ended by the freeze; the wallet reports the owner's next login as one of its own."""
    event = login(account_id)
    said(post(wallet, path, event))
    desk.give_back(agent, supervisor, account_id, desk.freeze(wallet, account_id)["case"]["case_id"])
    service.clock.advance(timedelta(minutes=1))
    late = said(post(wallet, path, event))
    assert (late["decision"], late["standing"]) == ("deny", "active")
    assert "change_password" in late["required_actions"]
    fresh = login(account_id, occurred_at=service.clock.now.isoformat())
    assert said(post(wallet, path, fresh)) == said(post(wallet, path, fresh))
    assert said(post(wallet, path, fresh))["decision"] == "allow"


@BOTH
def test_A46_a_device_that_is_trusted_no_longer_is_not_called_so_again(
    wallet: httpx.Client, account_id: str, path: str
) -> None:
    said(post(wallet, path, login(account_id)))
    device = f"/v1/accounts/{account_id}/devices/ins-{account_id}"
    wallet.patch(device, json={"trusted": True}).raise_for_status()
    event = login(account_id)
    assert said(post(wallet, path, event))["device"]["trusted"] is True
    wallet.delete(device).raise_for_status()
    assert said(post(wallet, path, event))["device"]["trusted"] is False


def test_A46_no_decision_is_kept_under_an_idempotency_key(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    for nth, path in enumerate((ONE, MANY)):
        post(wallet, path, login(account_id), **{"Idempotency-Key": f"{account_id}-{nth}"})
    with service.work(write=False) as work:
        rows = work.session.scalars(
            select(IdempotencyKey).where(IdempotencyKey.key.startswith(f"{account_id}-"))
        ).all()
        kept = [
            service.settings.keys.decrypt(row.answer, f"idempotency:{row.client_id}:{row.key}")
            for row in rows
        ]
    assert kept == [b"", b""]


def test_a_batch_that_repeats_itself_finds_the_freeze_between_its_events_and_now(
    wallet: httpx.Client, account_id: str
) -> None:
    events = [login(account_id), login(f"{account_id}-b")]
    batch = {"events": [*events, *events]}
    results = wallet.post(MANY, json=batch).json()["results"]
    assert [one["status"] for one in results] == ["created", "created", "duplicate", "duplicate"]
    assert [one["assessment"] for one in results[:2]] == [one["assessment"] for one in results[2:]]
    desk.freeze(wallet, account_id)
    again = [one["assessment"]["decision"] for one in wallet.post(MANY, json=batch).json()["results"]]
    assert again == ["deny", "allow", "deny", "allow"]
