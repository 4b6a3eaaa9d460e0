"""What was done on a case, asked for again under its key, is done once and shown as it stands (R31, R33)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from secmon.web.idempotency import IdempotencyKey
from tests.cases import desk
from tests.service import Service


class Keyed:
    """Posts each path under a key of its own, again and again."""

    def __init__(self, client: httpx.Client, account_id: str) -> None:
        self.client, self.account_id = client, account_id

    def __call__(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self.client.post(path, json=body, headers={"Idempotency-Key": f"{self.account_id}{path}"})

    def open(self) -> httpx.Response:
        body = {"account_id": self.account_id, "category": "login", "channel": "hotline"}
        return self("/v1/cases", {**body, "subject": "Locked out of the wallet", "summary": "Called twice"})


@pytest.fixture
def keyed(agent: httpx.Client, account_id: str) -> Keyed:
    return Keyed(agent, account_id)


def test_a_case_opened_again_is_the_same_as_it_stands(agent: httpx.Client, keyed: Keyed) -> None:
    first = keyed.open()
    assert (keyed.open().json(), keyed.open().headers["ETag"]) == (first.json(), first.headers["ETag"])
    desk.step(agent, first.json()["case_id"], "investigating")
    again = keyed.open()
    assert (again.status_code, again.json()["status"]) == (201, "investigating")
    assert again.headers["ETag"] == agent.get(f"/v1/cases/{first.json()['case_id']}").headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true"


def test_R31_a_check_that_was_passed_is_not_called_good_after_one_that_failed(
    agent: httpx.Client, keyed: Keyed
) -> None:
    path = f"/v1/cases/{keyed.open().json()['case_id']}/identity-checks"
    first = keyed(path, desk.CHECK)
    assert keyed(path, desk.CHECK).json() == first.json()
    agent.post(path, json={**desk.CHECK, "outcome": "failed"}).raise_for_status()
    again = keyed(path, desk.CHECK)
    assert again.json() == {**first.json(), "good_until": None}


def test_a_note_is_written_once(agent: httpx.Client, keyed: Keyed) -> None:
    case = f"/v1/cases/{keyed.open().json()['case_id']}"
    note = {"text": "Owner calls from abroad", "internal": True}
    assert keyed(f"{case}/notes", note).json() == keyed(f"{case}/notes", note).json()
    assert len(agent.get(case).json()["notes"]) == 1


def test_A51_an_erasure_takes_along_what_was_answered_of_the_account(
    service: Service, wallet: httpx.Client, agent: httpx.Client, keyed: Keyed, account_id: str
) -> None:
    case_id = keyed.open().json()["case_id"]
    case = f"/v1/cases/{case_id}"
    bodies: dict[str, dict[str, Any]] = {
        "notes": {"text": "Moved to Lanzhou", "internal": True},
        "identity-checks": desk.CHECK,
    }
    for path, body in bodies.items():
        assert keyed(f"{case}/{path}", body).status_code == 201
    assert _kept(service, account_id) == 3
    desk.step(agent, case_id, "investigating", "resolved", "closed")
    assert wallet.delete(f"/v1/accounts/{account_id}").status_code == 204
    assert _kept(service, account_id) == 0
    for path, body in bodies.items():
        assert desk.code(keyed(f"{case}/{path}", body)) == (404, "case_unknown")
    assert keyed.open().json()["case_id"] != case_id


def test_A51_what_the_release_before_stored_without_its_account_shows_nothing_either(
    service: Service, wallet: httpx.Client, agent: httpx.Client, keyed: Keyed, account_id: str
) -> None:
    case_id = keyed.open().json()["case_id"]
    with service.work() as work:
        for row in work.session.scalars(_of(account_id)):
            row.account_id = None
    desk.step(agent, case_id, "investigating", "resolved", "closed")
    assert wallet.delete(f"/v1/accounts/{account_id}").status_code == 204
    again = keyed.open()
    assert desk.code(again) == (409, "not_shown_again")
    assert "Locked out" not in again.text


def _of(account_id: str) -> Any:
    return select(IdempotencyKey).where(IdempotencyKey.key.startswith(f"{account_id}/"))


def _kept(service: Service, account_id: str) -> int:
    with service.work(write=False) as work:
        return len(work.session.scalars(_of(account_id)).all())
