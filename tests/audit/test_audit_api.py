"""The audit over HTTP: narrowed, paged, and closed to who may not read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from secmon.audit import service as audit
from tests.service import Service


@pytest.fixture
def auditor(service: Service) -> Iterator[httpx.Client]:
    with service.client("auditor") as client:
        yield client


@pytest.fixture
def recorded(service: Service, account_id: str) -> str:
    """An account with five entries, a minute apart."""
    for nth in range(5):
        with service.work() as work:
            audit.record(work, account_id, f"test.{nth % 2}", reason="because", facts={"nth": nth})
        service.clock.advance(timedelta(minutes=1))
    return account_id


def numbers(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    found = answer.json()["items"]
    # That it was read stands there too.
    return [entry["facts"]["nth"] for entry in found if entry["action"] != "account.viewed"]


def test_entries_come_newest_first_in_pages(auditor: httpx.Client, recorded: str) -> None:
    query = {"account_id": recorded, "limit": "2"}
    found: list[int] = []
    cursor = None
    while cursor or not found:
        answer = auditor.get("/v1/audit", params=query | ({"cursor": cursor} if cursor else {}))
        found += numbers(answer)
        cursor = answer.json()["next_cursor"]
    assert found == [4, 3, 2, 1, 0]


def test_entries_are_narrowed(service: Service, auditor: httpx.Client, recorded: str) -> None:
    since = (service.clock.now - timedelta(minutes=3)).isoformat()
    wanted = {"account_id": recorded}
    assert numbers(auditor.get("/v1/audit", params=wanted | {"action": "test.1"})) == [3, 1]
    assert numbers(auditor.get("/v1/audit", params=wanted | {"since": since})) == [4, 3, 2]
    assert numbers(auditor.get("/v1/audit", params=wanted | {"actor": "secmon"})) == [4, 3, 2, 1, 0]
    assert numbers(auditor.get("/v1/audit", params=wanted | {"actor": "nobody"})) == []


def test_an_entry_says_who_what_when_and_why(auditor: httpx.Client, recorded: str) -> None:
    entry = auditor.get("/v1/audit", params={"account_id": recorded}).json()["items"][0]
    assert entry["actor"] == {"id": "secmon", "kind": "system", "name": "secmon"}
    assert (entry["action"], entry["reason"], entry["sequence"]) == ("test.0", "because", 5)
    assert entry["occurred_at"] == "2026-11-22T02:04:00Z"


def test_what_a_person_did_names_the_person_and_the_address(
    service: Service, auditor: httpx.Client, account_id: str
) -> None:
    freeze = {"reason": "device_lost", "channel": "hotline"}
    service.client("agent").post(f"/v1/accounts/{account_id}/freeze", json=freeze).raise_for_status()
    entry = auditor.get("/v1/audit", params={"account_id": account_id, "action": "account.frozen"}).json()
    (found,) = entry["items"]
    assert found["actor"]["kind"] == "staff"
    assert found["address"] == "127.0.0.1"


@pytest.mark.parametrize("cursor", ["x", "WyJhIiwgImIiXQ", "WyIyMDI2LTExLTIyIiwgImEiLCAiMSJd"])
def test_a_made_up_cursor_is_refused(auditor: httpx.Client, cursor: str) -> None:
    assert auditor.get("/v1/audit", params={"cursor": cursor}).status_code == 422


def test_an_agent_does_not_read_the_audit(service: Service) -> None:
    assert service.client("agent").get("/v1/audit").status_code == 403
