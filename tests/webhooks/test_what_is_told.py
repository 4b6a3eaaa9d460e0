"""Each message is owed by what causes it and by nothing else, and says ids and what changed, no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from secmon.cases import targets
from secmon.core.actor import SYSTEM
from secmon.outbox.kinds import Kind
from tests.alerts.owner import alerted
from tests.cases import desk
from tests.logins.factories import login
from tests.service import Service
from tests.twofactor.owner import Owner
from tests.webhooks.told import Message, Told

# Cases of other tests are overdue by then as well.
MOST_RUNS = 50


@pytest.fixture
def told(service: Service, account_id: str) -> Told:
    return Told(service, account_id)


def opened(case: dict[str, Any], category: str = "security") -> Message:
    about = {"case_id": case["case_id"], "reference": case["reference"], "category": category}
    return Kind.CASE_OPENED, about


def updated(case: dict[str, Any], **change: Any) -> Message:
    return Kind.CASE_UPDATED, {"case_id": case["case_id"], "reference": case["reference"], **change}


def frozen(made: dict[str, Any]) -> list[Message]:
    """The three messages of a freeze."""
    freeze_id, case = made["freeze"]["freeze_id"], made["case"]
    about = {"freeze_id": freeze_id, "case_id": case["case_id"], "reason": made["freeze"]["reason"]}
    return [opened(case), (Kind.ACCOUNT_FROZEN, about), (Kind.SESSIONS_REVOKE, {"freeze_id": freeze_id})]


def test_a_freeze_tells_of_its_case_of_itself_and_of_the_sessions_once(
    wallet: httpx.Client, told: Told
) -> None:
    made = desk.freeze(wallet, told.account_id)
    assert told.news() == frozen(made)
    desk.freeze(wallet, told.account_id, reason="device_lost", summary="Reported again")
    assert told.news() == []


def test_only_the_approval_of_an_unfreeze_tells_of_it(
    service: Service, wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, told: Told
) -> None:
    made = desk.freeze(wallet, told.account_id)
    case_id = made["case"]["case_id"]
    told.news()
    desk.check_identity(agent, case_id)
    refused = desk.ask_unfreeze(agent, told.account_id, case_id).json()["request_id"]
    desk.decide(supervisor, told.account_id, refused, "refuse")
    asked = desk.ask_unfreeze(agent, told.account_id, case_id).json()["request_id"]
    assert told.news() == []
    assert desk.decide(supervisor, told.account_id, asked).status_code == 200
    until = (service.clock.now + timedelta(hours=24)).isoformat()
    restricted = {
        "reason": "unfrozen",
        "actions": ["export_key", "transfer", "withdraw"],
        "above_cap": [],
        "cap": None,
        "until": until,
        "lifted_by": [],
    }
    about = {"freeze_id": made["freeze"]["freeze_id"], "case_id": case_id, "restricted_until": until}
    held, unfrozen = told.news()
    assert len(held[1].pop("hold_ids")) == 1
    assert held == (Kind.ACCOUNT_RESTRICTED, restricted)
    assert unfrozen == (Kind.ACCOUNT_UNFROZEN, {**about, "required": ["change_password"]})


def test_a_case_tells_that_it_was_opened_and_of_its_steps_and_of_notes_for_the_owner(
    agent: httpx.Client, told: Told
) -> None:
    case = desk.open_case(agent, told.account_id, summary="Cannot log in since Monday")
    assert told.news() == [opened(case, "login")]
    path = f"/v1/cases/{case['case_id']}"
    _patch(agent, path, assignee="agent-7", priority="high")
    agent.post(f"{path}/notes", json={"text": "Sounded young", "internal": True}).raise_for_status()
    desk.check_identity(agent, case["case_id"])
    assert told.news() == []
    desk.step(agent, case["case_id"], "investigating")
    assert told.news() == [updated(case, status="investigating")]
    _patch(agent, path, status="investigating")
    assert told.news() == []
    note = agent.post(f"{path}/notes", json={"text": "Please call us", "internal": False}).json()
    assert told.news() == [updated(case, note_id=note["note_id"])]
    desk.step(agent, case["case_id"], "resolved", "closed")
    assert told.news() == [updated(case, status="resolved"), updated(case, status="closed")]


def test_a_case_tells_once_that_it_is_overdue(service: Service, agent: httpx.Client, told: Told) -> None:
    case = desk.open_case(agent, told.account_id, priority="urgent")
    told.news()
    service.clock.advance(timedelta(days=30))
    for expected in ([updated(case, overdue=True)], []):
        assert any(_tell_overdue(service) == 0 for _ in range(MOST_RUNS))
        assert told.news() == expected


def test_only_a_confirmed_enrolment_tells_that_a_second_factor_is_there(
    service: Service, wallet: httpx.Client, told: Told
) -> None:
    owner = Owner(wallet, service.clock, told.account_id)
    started = owner.start()
    owner.confirm(started["enrolment_id"], owner.wrong_code())
    assert told.news() == []
    owner.confirm(started["enrolment_id"], owner.code()).raise_for_status()
    held, enrolled = told.news()
    assert (held[0], held[1]["reason"]) == (Kind.ACCOUNT_RESTRICTED, "factor_changed")
    assert enrolled == (Kind.TWO_FACTOR_ENROLLED, {"method": "totp"})
    owner.next_step()
    owner.verify().raise_for_status()
    owner.status()
    assert told.news() == []


def test_a_device_that_is_forgotten_and_no_other_change_of_it_is_told(
    wallet: httpx.Client, told: Told
) -> None:
    judged = wallet.post("/v1/login-events", json=login(told.account_id)).raise_for_status().json()
    device_id = judged["device"]["reference"]
    path = f"/v1/accounts/{told.account_id}/devices/{device_id}"
    wallet.patch(path, json={"label": "My phone", "trusted": True}).raise_for_status()
    assert told.news() == []
    assert [wallet.delete(path).status_code for _ in range(2)] == [204, 404]
    assert told.news() == [(Kind.DEVICE_FORGOTTEN, {"device_id": device_id})]


def test_sessions_end_with_a_freeze_or_a_denied_login_and_with_nothing_else(
    wallet: httpx.Client, told: Told
) -> None:
    owner = alerted(wallet, told.account_id)
    alert = Kind.LOGIN_ALERT, {"alert_id": owner.alert_id, "event_id": owner.event["event_id"]}
    assert told.news() == [alert]
    made = desk.freeze(wallet, told.account_id, reason="device_lost")
    assert told.news() == frozen(made)
    owner.answer("not_me").raise_for_status()
    assert told.news() == [(Kind.SESSIONS_REVOKE, {"alert_id": owner.alert_id})]
    owner.answer("not_me").raise_for_status()
    assert told.news() == []


def test_a_device_that_logs_in_again_that_day_is_told_of_once(wallet: httpx.Client, told: Told) -> None:
    owner = alerted(wallet, told.account_id)
    assert [kind for kind, _ in told.news()] == [Kind.LOGIN_ALERT]
    assert owner.log_in_again(minutes=90)["alert_id"] == owner.alert_id
    assert told.news() == []


def test_a_login_that_was_the_owners_ends_no_session(wallet: httpx.Client, told: Told) -> None:
    owner = alerted(wallet, told.account_id)
    told.news()
    owner.answer("was_me").raise_for_status()
    # The phone is new, and was vouched for.
    assert [(kind, data["reason"]) for kind, data in told.news()] == [(Kind.ACCOUNT_RESTRICTED, "new_device")]


def _patch(agent: httpx.Client, path: str, **change: str) -> None:
    seen = agent.get(path).headers["ETag"]
    agent.patch(path, json=change, headers={"If-Match": seen}).raise_for_status()


def _tell_overdue(service: Service) -> int:
    with service.database.work(SYSTEM) as work:
        return targets.tell_overdue(work)
