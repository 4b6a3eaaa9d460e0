"""R40: staff vouch with a case on which the owner's identity was checked, and with nothing less."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.cases import desk
from tests.logins.factories import INSTALLS, login, takeover
from tests.people import people_of
from tests.service import Service

UNVERIFIED = (409, "identity_unverified")


@pytest.fixture
def alert_id(wallet: httpx.Client, account_id: str) -> str:
    """A stranger's login, which its owner is asked about."""
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    found: str = wallet.post("/v1/login-events", json=takeover(account_id)).json()["alert_id"]
    return found


def answered(client: httpx.Client, alert_id: str, said: str = "was_me", **more: Any) -> httpx.Response:
    return client.post(f"/v1/alerts/{alert_id}/answer", json={"answer": said, **more})


def trusted(client: httpx.Client, account_id: str, **more: Any) -> httpx.Response:
    path = f"/v1/accounts/{account_id}/devices/ins-{account_id}"
    return client.patch(path, json={"label": "Mine", "trusted": True, **more})


def forgotten(client: httpx.Client, account_id: str, **more: str) -> httpx.Response:
    return client.delete(f"/v1/accounts/{account_id}/devices/ins-{account_id}", params=more)


def known(client: httpx.Client, account_id: str) -> dict[str, Any]:
    """The owner's own device as it is shown."""
    shown = client.get(f"/v1/accounts/{account_id}/devices").json()["items"]
    (found,) = [one for one in shown if one["device_id"] == INSTALLS.shown(f"ins-{account_id}")]
    return dict(found)


def no_good_cases(service: Service, agent: httpx.Client, account_id: str) -> Iterator[str]:
    """Unknown, of nobody's checking, another account's, resolved, reopened, a day old, and failed."""
    names = ("unchecked", "foreign", "resolved", "reopened", "late", "failed")
    made = {
        name: desk.open_case(agent, f"{account_id}-next" if name == "foreign" else account_id)["case_id"]
        for name in names
    }
    desk.check_identity(agent, made["late"]).raise_for_status()
    service.clock.advance(timedelta(hours=24))
    for name in ("foreign", "resolved", "reopened"):
        desk.check_identity(agent, made[name]).raise_for_status()
    for name in ("resolved", "reopened"):
        desk.step(agent, made[name], "investigating", "resolved").raise_for_status()
    desk.step(agent, made["reopened"], "investigating").raise_for_status()
    yield str(uuid.uuid4())
    for name, case_id in made.items():
        if name == "failed":
            # Not before the others were tried: it stands over all of them.
            desk.check_identity(agent, case_id, outcome="failed").raise_for_status()
        yield case_id


def good_case(service: Service, supervisor: httpx.Client, account_id: str) -> str:
    """By another person than whoever failed a check before, and later."""
    case_id: str = desk.open_case(supervisor, account_id)["case_id"]
    service.clock.advance(timedelta(seconds=1))
    desk.check_identity(supervisor, case_id).raise_for_status()
    return case_id


def test_A63_staff_say_was_me_with_a_case_and_a_good_check(
    service: Service, agent: httpx.Client, supervisor: httpx.Client, account_id: str, alert_id: str
) -> None:
    assert desk.code(answered(agent, alert_id)) == UNVERIFIED
    for case_id in no_good_cases(service, agent, account_id):
        assert desk.code(answered(agent, alert_id, case_id=case_id)) == UNVERIFIED
    assert agent.get(f"/v1/alerts/{alert_id}").json()["answer"] is None
    good = good_case(service, supervisor, account_id)
    assert answered(agent, alert_id, case_id=good).json()["answer"] == "was_me"
    recorded = service.client("auditor").get("/v1/audit", params={"account_id": account_id}).json()["items"]
    (entry,) = [one for one in recorded if one["action"] == "alert.answered"]
    assert entry["facts"]["case_id"] == good


def test_A63_the_wallet_says_was_me_for_its_owner_and_anybody_says_not_me(
    wallet: httpx.Client, agent: httpx.Client, account_id: str, alert_id: str
) -> None:
    assert answered(wallet, alert_id).status_code == 200
    other = f"{account_id}-2"
    wallet.post("/v1/login-events", json=login(other)).raise_for_status()
    alert = wallet.post("/v1/login-events", json=takeover(other)).json()["alert_id"]
    assert answered(agent, alert, "not_me").json()["case"]["status"] == "open"
    assert desk.standing(wallet, other)["standing"] == "frozen"


def test_A64_staff_trust_and_forget_a_device_with_a_case_and_a_good_check(
    service: Service,
    wallet: httpx.Client,
    agent: httpx.Client,
    supervisor: httpx.Client,
    account_id: str,
) -> None:
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    before = known(agent, account_id)
    for attempt in (trusted, forgotten):
        assert desk.code(attempt(agent, account_id)) == UNVERIFIED
    for case_id in no_good_cases(service, agent, account_id):
        for attempt in (trusted, forgotten):
            assert desk.code(attempt(agent, account_id, case_id=case_id)) == UNVERIFIED
    assert known(agent, account_id) == before
    good = good_case(service, supervisor, account_id)
    assert trusted(agent, account_id, case_id=good).json()["trusted"] is True
    assert forgotten(agent, account_id, case_id=good).status_code == 204


def test_A64_what_vouches_for_nothing_needs_no_case(
    wallet: httpx.Client, agent: httpx.Client, account_id: str
) -> None:
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    assert trusted(wallet, account_id).json()["trusted"] is True
    path = f"/v1/accounts/{account_id}/devices/ins-{account_id}"
    assert agent.patch(path, json={"label": "Lost", "trusted": False}).json()["trusted"] is False
    assert agent.patch(path, json={"case_id": str(uuid.uuid4())}).status_code == 422
    assert forgotten(wallet, account_id).status_code == 204


def test_A64_a_service_with_the_staffs_role_is_not_the_wallet(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    body = {"name": "bot", "role": "agent", "kind": "service"}
    service.credentials["bot"] = service.client("admin").post("/v1/clients", json=body).json()
    assert desk.code(trusted(service.client("bot"), account_id)) == UNVERIFIED


def test_R40_a_failed_check_stands_until_another_person_passes_one(
    service: Service, agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    case_id = desk.freeze(agent, account_id)["case"]["case_id"]
    desk.check_identity(agent, case_id, outcome="failed").raise_for_status()
    for _ in range(2):
        assert desk.code(desk.check_identity(agent, case_id)) == (403, "second_person_required")
        # Nor does time make it good.
        service.clock.advance(timedelta(days=2))
    assert desk.code(desk.ask_unfreeze(agent, account_id, case_id)) == UNVERIFIED
    desk.check_identity(supervisor, case_id).raise_for_status()
    assert desk.ask_unfreeze(agent, account_id, case_id).status_code == 202


def test_R40_each_who_failed_one_waits_for_another(service: Service, account_id: str) -> None:
    with people_of(service) as people:
        agent, supervisor, deputy = (people[name] for name in ("agent", "supervisor", "deputy"))
        case_id = desk.freeze(agent, account_id)["case"]["case_id"]
        for one in (agent, supervisor):
            desk.check_identity(one, case_id, outcome="failed").raise_for_status()
        for one in (agent, supervisor):
            assert desk.code(desk.check_identity(one, case_id)) == (403, "second_person_required")
        desk.check_identity(deputy, case_id).raise_for_status()
        desk.check_identity(agent, case_id).raise_for_status()


@pytest.mark.parametrize("proof", [{}, {"evidence_ref": " "}, {"evidence_ref": ""}])
def test_R40_a_passed_check_says_where_its_proof_is(
    agent: httpx.Client, account_id: str, proof: dict[str, str]
) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    path, check = f"/v1/cases/{case_id}/identity-checks", {"method": "call_back"}
    refused = agent.post(path, json={**check, "outcome": "passed", **proof})
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/evidence_ref"}
    assert agent.get(f"/v1/cases/{case_id}").json()["identity_checks"] == []
    assert agent.post(path, json={**check, "outcome": "failed"}).status_code == 201
