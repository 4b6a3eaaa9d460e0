"""A freeze or an unfreeze that is asked for again under its key is answered by what stands (R31)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cases import desk


class Keyed:
    """Posts under one key, again and again."""

    def __init__(self, client: httpx.Client, path: str, body: dict[str, Any], key: str) -> None:
        self._ask = lambda: client.post(path, json=body, headers={"Idempotency-Key": key})

    def __call__(self) -> httpx.Response:
        return self._ask()


@pytest.fixture
def freeze(wallet: httpx.Client, account_id: str) -> Keyed:
    return Keyed(wallet, f"/v1/accounts/{account_id}/freeze", desk.THEFT, f"freeze-{account_id}")


def unfreeze(client: httpx.Client, account_id: str, case_id: str) -> Keyed:
    body = {"case_id": case_id, "reason": "Owner verified"}
    return Keyed(client, f"/v1/accounts/{account_id}/unfreeze", body, f"unfreeze-{account_id}")


def test_A47_a_freeze_asked_for_again_after_the_unfreeze_freezes_again(
    wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str, freeze: Keyed
) -> None:
    first = freeze()
    desk.give_back(agent, supervisor, account_id, first.json()["case"]["case_id"])
    late = freeze()
    assert (late.status_code, late.json()["freeze"]["status"]) == (201, "active")
    assert late.json()["freeze"]["freeze_id"] != first.json()["freeze"]["freeze_id"]
    assert "Idempotency-Replayed" not in late.headers
    assert desk.standing(wallet, account_id, "login") | {"version": 0} == {
        **desk.standing(wallet, account_id),
        "allowed": False,
        "version": 0,
    }
    assert desk.standing(wallet, account_id)["standing"] == "frozen"
    again = freeze()
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (late.json(), "true")


def test_A47_while_the_freeze_stands_its_answer_is_given_as_it_stands(
    wallet: httpx.Client, agent: httpx.Client, account_id: str, freeze: Keyed
) -> None:
    first = freeze().json()
    desk.freeze(wallet, account_id, reason="device_lost")
    desk.step(agent, first["case"]["case_id"], "investigating")
    again = freeze()
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.json()["freeze"]["freeze_id"] == first["freeze"]["freeze_id"]
    assert again.json()["freeze"]["reasons"] == ["theft_reported", "device_lost"]
    assert again.json()["case"]["status"] == "investigating"
    assert len(wallet.get(f"/v1/accounts/{account_id}/freezes").json()["items"]) == 1


def test_A47_another_freeze_that_stands_is_not_taken_for_the_one_that_was_lifted(
    wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str, freeze: Keyed
) -> None:
    desk.give_back(agent, supervisor, account_id, freeze().json()["case"]["case_id"])
    other = desk.freeze(wallet, account_id)
    late = freeze()
    assert (late.status_code, late.json()["freeze"]["freeze_id"]) == (200, other["freeze"]["freeze_id"])


def test_A47_a_request_to_unfreeze_is_shown_as_it_stands_and_asked_once(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.check_identity(agent, case_id)
    ask = unfreeze(agent, account_id, case_id)
    first = ask()
    assert (first.status_code, ask().json()) == (202, first.json())
    desk.decide(supervisor, account_id, first.json()["request_id"], "refuse")
    late = ask()
    assert (late.json()["request_id"], late.json()["status"]) == (first.json()["request_id"], "refused")
    assert agent.get(f"/v1/cases/{case_id}").json()["pending_requests"] == []


def test_A47_an_approved_unfreeze_is_told_while_the_account_is_active_and_no_longer(
    wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.check_identity(agent, case_id)
    ask = unfreeze(agent, account_id, case_id)
    request_id = ask().json()["request_id"]
    desk.decide(supervisor, account_id, request_id)
    assert (ask().json()["request_id"], ask().json()["status"]) == (request_id, "approved")
    desk.freeze(wallet, account_id)
    assert desk.code(ask()) == (422, "invalid_fields")
