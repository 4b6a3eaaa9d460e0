"""An account is given back by two people, to an owner whose identity was checked."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from tests.cases import desk
from tests.databases import fresh_database
from tests.service import Service
from tests.twofactor.owner import Owner


def test_the_whole_way_back(
    wallet: httpx.Client,
    agent: httpx.Client,
    supervisor: httpx.Client,
    account_id: str,
    owner: Owner,
) -> None:
    owner.enrol()
    case_id = desk.freeze(wallet, account_id)["case"]["case_id"]
    assert desk.check_identity(agent, case_id).status_code == 201
    asked = desk.ask_unfreeze(agent, account_id, case_id)
    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    assert desk.standing(wallet, account_id)["standing"] == "frozen"
    approved = desk.decide(supervisor, account_id, asked.json()["request_id"])
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    gate = desk.standing(wallet, account_id, "login")
    assert (gate["standing"], gate["allowed"]) == ("active", True)
    assert set(gate["required_actions"]) == {"change_password", "re_enrol_second_factor"}
    held = {held["action"] for held in gate["restrictions"] if held["reason"] == "unfrozen"}
    assert held == {"transfer", "withdraw", "export_key"}


@pytest.mark.parametrize("reasons", [("owner_request", "theft_reported"), ("theft_reported", "device_lost")])
def test_a_theft_is_a_theft_whoever_reported_what_first(
    wallet: httpx.Client,
    agent: httpx.Client,
    supervisor: httpx.Client,
    account_id: str,
    owner: Owner,
    reasons: tuple[str, str],
) -> None:
    owner.enrol()
    first, _ = [desk.freeze(wallet, account_id, reason=reason) for reason in reasons]
    case_id = first["case"]["case_id"]
    desk.give_back(agent, supervisor, account_id, case_id)
    required = set(desk.standing(wallet, account_id)["required_actions"])
    assert required == {"change_password", "re_enrol_second_factor"}


def test_the_careful_day_ends_by_the_clock(
    service: Service,
    wallet: httpx.Client,
    agent: httpx.Client,
    supervisor: httpx.Client,
    account_id: str,
    case_id: str,
) -> None:
    desk.give_back(agent, supervisor, account_id, case_id)
    service.clock.advance(timedelta(hours=24) - timedelta(seconds=1))
    assert len(desk.standing(wallet, account_id)["restrictions"]) == 3
    service.clock.advance(timedelta(seconds=1))
    gate = desk.standing(wallet, account_id, "transfer")
    assert gate["restrictions"] == []
    # What the owner has to do does not go away with time.
    assert gate["required_actions"]
    assert gate["allowed"] is False


def test_only_a_newer_password_change_ends_change_password(
    service: Service, wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    case_id = desk.freeze(wallet, account_id, reason="suspicious_activity")["case"]["case_id"]
    desk.give_back(agent, supervisor, account_id, case_id)
    assert desk.standing(wallet, account_id)["required_actions"] == ["change_password"]
    change = {"credential": "password", "method": "user"}
    path = f"/v1/accounts/{account_id}/credential-changes"
    old = (service.clock.now - timedelta(minutes=1)).isoformat()
    wallet.post(path, json={**change, "event_id": "old", "occurred_at": old}).raise_for_status()
    wallet.put(f"/v1/accounts/{account_id}", json={"password_changed_at": service.clock.now.isoformat()})
    assert desk.standing(wallet, account_id)["required_actions"] == ["change_password"]
    new = service.clock.now.isoformat()
    wallet.post(path, json={**change, "event_id": "new", "occurred_at": new}).raise_for_status()
    assert desk.standing(wallet, account_id)["required_actions"] == []


def test_a_refusal_leaves_the_account_frozen(
    wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.check_identity(agent, case_id)
    request_id = desk.ask_unfreeze(agent, account_id, case_id).json()["request_id"]
    assert desk.decide(supervisor, account_id, request_id, "refuse").json()["status"] == "refused"
    assert desk.code(desk.decide(supervisor, account_id, request_id)) == (409, "already_decided")
    assert desk.standing(wallet, account_id)["standing"] == "frozen"


def test_a_request_asked_twice_is_one(agent: httpx.Client, account_id: str, case_id: str) -> None:
    desk.check_identity(agent, case_id)
    first, second = (desk.ask_unfreeze(agent, account_id, case_id).json() for _ in range(2))
    assert first == second


def test_an_approval_after_a_re_freeze_is_refused(
    wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.check_identity(agent, case_id)
    request_id = desk.ask_unfreeze(agent, account_id, case_id).json()["request_id"]
    desk.decide(supervisor, account_id, request_id).raise_for_status()
    desk.freeze(wallet, account_id)
    assert desk.code(desk.decide(supervisor, account_id, request_id)) == (409, "already_decided")
    assert desk.standing(wallet, account_id)["standing"] == "frozen"


def test_a_new_report_voids_a_pending_request(
    wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.check_identity(agent, case_id)
    request_id = desk.ask_unfreeze(agent, account_id, case_id).json()["request_id"]
    desk.freeze(wallet, account_id)
    assert desk.code(desk.decide(supervisor, account_id, request_id)) == (409, "already_decided")
    assert desk.standing(wallet, account_id)["standing"] == "frozen"


def test_a_case_is_not_settled_while_its_freeze_stands(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str
) -> None:
    assert desk.code(desk.step(agent, case_id, "investigating", "resolved")) == (409, "account_frozen")
    desk.give_back(agent, supervisor, account_id, case_id)
    assert desk.step(agent, case_id, "resolved", "closed").json()["status"] == "closed"


def test_without_a_second_person_the_first_call_unfreezes(tmp_path_factory: pytest.TempPathFactory) -> None:
    service = Service(fresh_database("sqlite"), tmp_path_factory.mktemp("alone"), unfreeze_approval=False)
    try:
        agent = service.client("agent")
        case_id = desk.freeze(agent, "alone")["case"]["case_id"]
        assert desk.code(desk.ask_unfreeze(agent, "alone", case_id)) == (409, "identity_unverified")
        desk.check_identity(agent, case_id)
        asked = desk.ask_unfreeze(agent, "alone", case_id)
        assert (asked.status_code, asked.json()["status"]) == (200, "approved")
        assert desk.standing(agent, "alone")["standing"] == "active"
    finally:
        service.stop()
