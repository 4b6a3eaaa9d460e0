"""Freeze, case, audit and messages are one; a frozen account does nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from secmon.cases.states import CaseChannel, Priority
from secmon.cases.targets import TARGETS
from secmon.freezes.reasons import FreezeReason
from secmon.freezes.service import Cause, freeze
from secmon.web.fields import rfc3339
from tests.cases import desk
from tests.service import Service


def test_an_account_never_seen_before_can_be_frozen(wallet: httpx.Client, account_id: str) -> None:
    answer = wallet.post(f"/v1/accounts/{account_id}/freeze", json=desk.THEFT)
    assert answer.status_code == 201
    frozen = answer.json()
    assert frozen["freeze"]["status"] == "active"
    assert frozen["case"]["status"] == "open"
    assert desk.standing(wallet, account_id)["standing"] == "frozen"


@pytest.mark.parametrize("action", ["login", "transfer", "withdraw", "change_credentials"])
def test_a_frozen_account_does_nothing(wallet: httpx.Client, account_id: str, action: str) -> None:
    desk.freeze(wallet, account_id)
    assert desk.standing(wallet, account_id, action)["allowed"] is False


def test_a_second_report_joins_the_case_that_stands(
    wallet: httpx.Client, agent: httpx.Client, account_id: str
) -> None:
    first = desk.freeze(wallet, account_id)
    answer = agent.post(
        f"/v1/accounts/{account_id}/freeze",
        json={"reason": "device_lost", "channel": "in_app", "summary": "Lost it too"},
    )
    assert answer.status_code == 200
    assert answer.json() == {
        **first,
        "freeze": {**first["freeze"], "reasons": ["theft_reported", "device_lost"]},
    }
    case = agent.get(f"/v1/cases/{first['case']['case_id']}").json()
    (note,) = case["notes"]
    assert "Lost it too" in note["text"]
    assert len(wallet.get(f"/v1/accounts/{account_id}/freezes").json()["items"]) == 1


@pytest.mark.parametrize(("second", "ranked"), [("theft_reported", "urgent"), ("legal_order", "high")])
def test_a_graver_report_ranks_the_case_higher(
    service: Service, wallet: httpx.Client, agent: httpx.Client, account_id: str, second: str, ranked: str
) -> None:
    path = f"/v1/cases/{desk.freeze(wallet, account_id, reason='owner_request')['case']['case_id']}"
    before = agent.get(path)
    frozen = desk.freeze(wallet, account_id, reason=second)
    case = agent.get(path)
    assert (before.json()["priority"], case.json()["priority"]) == ("normal", ranked)
    due = due_anew(service, case.json())
    assert (case.json()["first_response_due_at"], case.json()["resolution_due_at"]) == due
    assert case.headers["ETag"] != before.headers["ETag"]
    assert frozen["freeze"]["reasons"] == ["owner_request", second]
    desk.freeze(wallet, account_id, reason="owner_request")
    assert agent.get(path).json()["priority"] == ranked


def due_anew(service: Service, case: dict[str, Any]) -> tuple[str, str]:
    """The targets of a case as it is ranked now."""
    opened, target = datetime.fromisoformat(case["opened_at"]), TARGETS[Priority(case["priority"])]
    due = [
        service.settings.working_time.add(opened, span) for span in (target.first_response, target.resolution)
    ]
    return rfc3339(due[0]), rfc3339(due[1])


def test_a_freeze_opens_an_urgent_case_for_a_theft(agent: httpx.Client, account_id: str) -> None:
    frozen = desk.freeze(agent, account_id)
    case = agent.get(f"/v1/cases/{frozen['case']['case_id']}").json()
    assert (case["category"], case["priority"]) == ("security", "urgent")
    assert case["links"]["freeze_id"] == frozen["freeze"]["freeze_id"]
    assert case["summary"] == desk.THEFT["summary"]


@pytest.mark.parametrize("reason", FreezeReason)
def test_every_reason_freezes(wallet: httpx.Client, account_id: str, reason: FreezeReason) -> None:
    frozen = desk.freeze(wallet, account_id, reason=reason.value)
    assert frozen["freeze"]["reason"] == reason


def test_a_freeze_owes_its_messages_and_its_record(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    case_id = desk.freeze(wallet, account_id)["case"]["case_id"]
    timeline = service.client("agent").get(f"/v1/cases/{case_id}/timeline").json()["items"]
    told = {entry["facts"]["kind"] for entry in timeline if entry["what"] == "message"}
    assert told == {"account.frozen", "sessions.revoke", "case.opened"}
    recorded = {entry["what"] for entry in timeline if entry["source"] == "audit"}
    assert recorded == {"account.frozen", "case.opened"}


def test_a_repeated_request_freezes_once(wallet: httpx.Client, account_id: str) -> None:
    path, key = f"/v1/accounts/{account_id}/freeze", {"Idempotency-Key": account_id}
    first = wallet.post(path, json=desk.THEFT, headers=key)
    again = wallet.post(path, json=desk.THEFT, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    "smuggled", [{"standing": "active"}, {"role": "supervisor"}, {"trusted": True}, {"frozen_by": "me"}]
)
def test_A26_what_is_smuggled_into_a_freeze_is_refused(
    wallet: httpx.Client, account_id: str, smuggled: dict[str, Any]
) -> None:
    answer = wallet.post(f"/v1/accounts/{account_id}/freeze", json={**desk.THEFT, **smuggled})
    assert answer.status_code == 422
    assert wallet.get(f"/v1/accounts/{account_id}/standing").status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"reason": "theft_reported"}, {"reason": "boredom", "channel": "hotline"}]
)
def test_a_freeze_says_why_and_how_it_was_reported(
    wallet: httpx.Client, account_id: str, body: dict[str, Any]
) -> None:
    assert wallet.post(f"/v1/accounts/{account_id}/freeze", json=body).status_code == 422


def test_freezes_are_listed_newest_first(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    made: list[str] = []
    for _ in range(3):
        frozen = desk.freeze(agent, account_id)
        made.insert(0, frozen["freeze"]["freeze_id"])
        desk.give_back(agent, supervisor, account_id, frozen["case"]["case_id"])
    listed = agent.get(f"/v1/accounts/{account_id}/freezes", params={"limit": 2}).json()
    more = agent.get(f"/v1/accounts/{account_id}/freezes", params={"cursor": listed["next_cursor"]}).json()
    found = [*listed["items"], *more["items"]]
    assert sorted(freeze["freeze_id"] for freeze in found) == sorted(made)
    assert {freeze["status"] for freeze in found} == {"lifted"}


class Interrupted(Exception):
    pass


def interrupted_freeze(service: Service, account_id: str) -> None:
    cause = Cause(FreezeReason.THEFT_REPORTED, CaseChannel.HOTLINE)
    with service.work() as work:
        freeze(work, account_id, cause, service.settings.working_time)
        raise Interrupted


def test_a_freeze_that_is_interrupted_leaves_nothing(service: Service, account_id: str) -> None:
    """R16: there is no half of it."""
    with pytest.raises(Interrupted):
        interrupted_freeze(service, account_id)
    agent = service.client("agent")
    assert agent.get(f"/v1/accounts/{account_id}/standing").status_code == 404
    assert agent.get("/v1/cases", params={"account_id": account_id}).json()["items"] == []
    audit = service.client("auditor").get("/v1/audit", params={"account_id": account_id})
    assert audit.json()["items"] == []
