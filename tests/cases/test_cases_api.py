"""Cases over HTTP: opened, listed, changed; and what is refused."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from secmon.cases.states import CaseChannel, CaseStatus, Category
from secmon.sealing.install_ids import InstallIds
from tests.cases import desk
from tests.service import TEST_KEYS, Service


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("channel", CaseChannel)
def test_a_case_of_every_category_by_every_channel(
    agent: httpx.Client, account_id: str, category: Category, channel: CaseChannel
) -> None:
    case = desk.open_case(agent, account_id, category=category.value, channel=channel.value)
    assert (case["category"], case["channel"], case["status"]) == (category, channel, "open")
    assert re.fullmatch(r"SC-2611-[34679ACDEFGHJKMNPQRTWXY]{4,}", case["reference"])


def test_a_case_links_alerts_and_devices(agent: httpx.Client, account_id: str) -> None:
    alert_id = str(uuid.uuid4())
    case = desk.open_case(agent, account_id, alert_ids=[alert_id], device_ids=["ins-1"])
    shown = InstallIds(TEST_KEYS).shown("ins-1")
    assert case["links"] == {"freeze_id": None, "alert_ids": [alert_id], "device_ids": [shown]}
    again = desk.open_case(agent, account_id, device_ids=[shown])
    assert again["links"]["device_ids"] == [shown]


def test_the_queue_is_narrowed_by_each_filter(agent: httpx.Client, account_id: str) -> None:
    payment = desk.open_case(agent, account_id, category="payment")
    login = desk.open_case(agent, account_id, category="login")
    desk.step(agent, login["case_id"], "investigating")
    seen = {"If-Match": agent.get(f"/v1/cases/{payment['case_id']}").headers["ETag"]}
    agent.patch(f"/v1/cases/{payment['case_id']}", json={"assignee": account_id}, headers=seen)

    def found(**filters: str) -> set[str]:
        answer = agent.get("/v1/cases", params={"account_id": account_id, **filters})
        return {case["case_id"] for case in answer.json()["items"]}

    assert found() == {payment["case_id"], login["case_id"]}
    assert found(status="investigating") == found(category="login") == {login["case_id"]}
    assert found(assignee=account_id) == found(reference=payment["reference"]) == {payment["case_id"]}
    assert found(overdue="false") == found()
    assert found(overdue="true") == set()


def test_the_queue_is_paged_and_stable_while_cases_are_added(agent: httpx.Client, account_id: str) -> None:
    made = {desk.open_case(agent, account_id)["case_id"] for _ in range(5)}
    found: list[str] = []
    cursor = None
    while cursor or not found:
        query = {"account_id": account_id, "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = agent.get("/v1/cases", params=query).json()
        found += [case["case_id"] for case in page["items"]]
        cursor = page["next_cursor"]
    assert len(found) == 5
    assert set(found) == made


def test_a_step_that_is_none_is_refused(agent: httpx.Client, account_id: str) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    answer = desk.step(agent, case_id, "closed")
    assert (answer.status_code, answer.json()["code"]) == (409, "bad_transition")


def test_a_case_goes_all_the_way_and_back(agent: httpx.Client, account_id: str) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    desk.step(agent, case_id, "investigating", "waiting_on_owner", "investigating", "resolved", "open")
    case = desk.step(agent, case_id, "investigating", "resolved", "closed").json()
    assert case["status"] == CaseStatus.CLOSED
    assert case["resolved_at"]
    assert case["closed_at"]
    for wanted in ("open", "investigating", "resolved"):
        assert desk.step(agent, case_id, wanted).status_code == 409


def test_A19_a_change_upon_an_old_version_is_refused(agent: httpx.Client, account_id: str) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    path, seen = f"/v1/cases/{case_id}", {"If-Match": agent.get(f"/v1/cases/{case_id}").headers["ETag"]}
    assert agent.patch(path, json={"priority": "low"}).status_code == 428
    answer = agent.patch(path, json={"priority": "low"}, headers=seen)
    assert (answer.status_code, answer.json()["priority"]) == (200, "low")
    assert agent.patch(path, json={"priority": "urgent"}, headers=seen).status_code == 412
    now = {"If-Match": answer.headers["ETag"]}
    assert agent.patch(path, json={"assignee": None}, headers=now).status_code == 200


def test_the_tag_changes_whenever_what_is_shown_does(
    service: Service, agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    """An agent who has not seen the note, the check or the request changes nothing upon them."""
    case_id = desk.freeze(agent, account_id, reason="owner_request")["case"]["case_id"]
    path = f"/v1/cases/{case_id}"
    requests: list[str] = []

    def note(*, internal: bool) -> None:
        agent.post(f"{path}/notes", json={"text": "x", "internal": internal}).raise_for_status()

    def ask() -> None:
        requests.append(desk.ask_unfreeze(agent, account_id, case_id).json()["request_id"])

    changes: tuple[Callable[[], object], ...] = (
        lambda: note(internal=True),
        lambda: note(internal=False),
        lambda: desk.check_identity(agent, case_id),
        ask,
        lambda: desk.decide(supervisor, account_id, requests[0], "refuse"),
        lambda: desk.freeze(agent, account_id, reason="theft_reported"),
        lambda: service.clock.advance(timedelta(days=4)),
    )
    for change in changes:
        before = agent.get(path)
        change()
        after = agent.get(path)
        assert before.json() != after.json()
        assert before.headers["ETag"] != after.headers["ETag"]
    assert after.json()["overdue"] is True
    seen = {"If-Match": after.headers["ETag"]}
    assert agent.patch(path, json={"assignee": "li"}, headers=seen).status_code == 200


def test_what_waits_for_a_second_person_is_shown_until_it_is_decided(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    case_id = desk.freeze(agent, account_id)["case"]["case_id"]
    desk.check_identity(agent, case_id)
    request_id = desk.ask_unfreeze(agent, account_id, case_id).json()["request_id"]
    (waiting,) = agent.get(f"/v1/cases/{case_id}").json()["pending_requests"]
    assert (waiting["request_id"], waiting["kind"], waiting["reason"]) == (
        request_id,
        "unfreeze",
        "Owner verified",
    )
    desk.decide(supervisor, account_id, request_id, "refuse")
    assert agent.get(f"/v1/cases/{case_id}").json()["pending_requests"] == []


@pytest.mark.parametrize("body", [{}, {"status": "lost"}, {"status": None}, {"assignee": 5}])
def test_what_does_not_fit_a_case_is_refused(
    agent: httpx.Client, account_id: str, body: dict[str, Any]
) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    assert agent.patch(f"/v1/cases/{case_id}", json=body, headers={"If-Match": '"1"'}).status_code == 422


def test_a_closed_case_stays_as_it_is(agent: httpx.Client, account_id: str) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    desk.step(agent, case_id, "investigating", "resolved", "closed")
    note = agent.post(f"/v1/cases/{case_id}/notes", json={"text": "late", "internal": True})
    for change in ({"priority": "low"}, {"assignee": "li"}, {"status": "open"}):
        seen = {"If-Match": agent.get(f"/v1/cases/{case_id}").headers["ETag"]}
        answer = agent.patch(f"/v1/cases/{case_id}", json=change, headers=seen)
        assert desk.code(answer) == (409, "case_closed")
    assert note.json()["code"] == desk.check_identity(agent, case_id).json()["code"] == "case_closed"


def test_a_note_for_the_owner_is_the_first_response(
    service: Service, agent: httpx.Client, account_id: str
) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    for internal, responded in ((True, False), (False, True)):
        agent.post(f"/v1/cases/{case_id}/notes", json={"text": "We look into it", "internal": internal})
        service.clock.advance(timedelta(minutes=1))
        case = agent.get(f"/v1/cases/{case_id}").json()
        assert (case["first_responded_at"] is not None) is responded
    assert [note["internal"] for note in case["notes"]] == [True, False]
