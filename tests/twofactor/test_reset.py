"""A lost factor goes through a case with a verified identity, and two people."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from tests.cases import desk
from tests.service import Service
from tests.twofactor.owner import Owner
from tests.twofactor.traces import recorded, told


def _case(staff: httpx.Client, owner: Owner, check: str | None = "passed") -> str:
    body = {
        "account_id": owner.account_id,
        "category": "security",
        "channel": "hotline",
        "subject": "Phone lost",
    }
    case_id: str = staff.post("/v1/cases", json=body).raise_for_status().json()["case_id"]
    if check is not None:
        body = {"method": "id_document", "outcome": check, "evidence_ref": "papers/0417"}
        staff.post(f"/v1/cases/{case_id}/identity-checks", json=body).raise_for_status()
    return case_id


def _ask(staff: httpx.Client, owner: Owner, case_id: str) -> httpx.Response:
    return staff.post(f"{owner.path}/two-factor/reset", json={"case_id": case_id, "reason": "Phone lost."})


def _decide(staff: httpx.Client, owner: Owner, asked: httpx.Response, verdict: str) -> httpx.Response:
    path = f"{owner.path}/two-factor/reset/{asked.json()['request_id']}/{verdict}"
    return staff.post(path, json={"note": "ID seen."}, headers=_seen(staff, owner))


def _seen(staff: httpx.Client, owner: Owner) -> dict[str, str]:
    """The owner's cases as they stand, for who may read them."""
    found = staff.get("/v1/cases", params={"account_id": owner.account_id}).json().get("items", [])
    tags = [desk.seen(staff, case["case_id"])["If-Match"] for case in found]
    return {"If-Match": ", ".join(tags) or '"0"'}


def test_a_reset_takes_two_people(
    service: Service, enrolled: Owner, agent: httpx.Client, supervisor: httpx.Client
) -> None:
    case_id = _case(agent, enrolled)
    asked = _ask(agent, enrolled, case_id)
    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    assert enrolled.verify().status_code == 200
    approved = _decide(supervisor, enrolled, asked, "approve")
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    assert enrolled.status()["enabled"] is False
    assert enrolled.verify(recovery_code=enrolled.recovery_codes[0]).status_code == 403
    message = ("two_factor.removed", {"by": "support", "case_id": case_id})
    assert message in told(service, enrolled.account_id)
    assert recorded(service, enrolled.account_id, "two_factor.reset") == [{"case_id": case_id}]
    assert enrolled.enrol().verify().status_code == 200


def test_a23_nobody_approves_their_own_request(enrolled: Owner, supervisor: httpx.Client) -> None:
    asked = _ask(supervisor, enrolled, _case(supervisor, enrolled))
    answer = _decide(supervisor, enrolled, asked, "approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_person_required")
    assert enrolled.verify().status_code == 200


@pytest.mark.parametrize("check", [None, "failed"])
def test_the_owners_identity_comes_first(enrolled: Owner, agent: httpx.Client, check: str | None) -> None:
    answer = _ask(agent, enrolled, _case(agent, enrolled, check))
    assert (answer.status_code, answer.json()["code"]) == (409, "identity_unverified")


def test_an_identity_check_is_good_for_a_day(
    enrolled: Owner, agent: httpx.Client, supervisor: httpx.Client
) -> None:
    asked = _ask(agent, enrolled, _case(agent, enrolled))
    enrolled.clock.advance(timedelta(hours=24))
    assert _decide(supervisor, enrolled, asked, "approve").json()["code"] == "identity_unverified"
    assert enrolled.verify().status_code == 200


def test_another_accounts_case_does_not_do(enrolled: Owner, agent: httpx.Client) -> None:
    other = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-other").enrol()
    answer = _ask(agent, enrolled, _case(agent, other))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/case_id"


def test_another_accounts_request_is_unknown(
    enrolled: Owner, agent: httpx.Client, supervisor: httpx.Client
) -> None:
    other = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-other").enrol()
    asked = _ask(agent, other, _case(agent, other))
    assert _decide(supervisor, enrolled, asked, "approve").json()["code"] == "request_unknown"


def test_a_refused_reset_changes_nothing(
    enrolled: Owner, agent: httpx.Client, supervisor: httpx.Client
) -> None:
    asked = _ask(agent, enrolled, _case(agent, enrolled))
    assert _decide(supervisor, enrolled, asked, "refuse").json()["status"] == "refused"
    assert _decide(supervisor, enrolled, asked, "approve").json()["code"] == "already_decided"
    assert enrolled.verify().status_code == 200


def test_a_reset_is_of_the_factor_that_was_lost_and_not_of_the_next(
    enrolled: Owner, agent: httpx.Client, supervisor: httpx.Client
) -> None:
    asked = _ask(agent, enrolled, _case(agent, enrolled))
    removal = {"recovery_code": enrolled.recovery_codes[0]}
    assert enrolled.wallet.request("DELETE", f"{enrolled.path}/totp", json=removal).status_code == 204
    enrolled.enrol()
    answer = _decide(supervisor, enrolled, asked, "approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_factor")
    assert enrolled.verify().status_code == 200


def test_one_approval_settles_every_request_about_the_factor(
    enrolled: Owner, agent: httpx.Client, supervisor: httpx.Client
) -> None:
    asked = [_ask(agent, enrolled, _case(agent, enrolled)) for _ in range(3)]
    assert len({answer.json()["request_id"] for answer in asked}) == 3
    assert _decide(supervisor, enrolled, asked[1], "approve").status_code == 200
    enrolled.enrol()
    for other in (asked[0], asked[2]):
        assert _decide(supervisor, enrolled, other, "approve").json()["code"] == "already_decided"
    assert enrolled.verify().status_code == 200


def test_without_a_factor_there_is_nothing_to_reset(owner: Owner, agent: httpx.Client) -> None:
    owner.start()
    answer = _ask(agent, owner, _case(agent, owner))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_factor")


def test_a_frozen_accounts_factor_is_reset_before_the_account_comes_back(
    service: Service, enrolled: Owner, agent: httpx.Client, supervisor: httpx.Client
) -> None:
    with service.work() as work:
        accounts.set_standing(accounts.lock(work, enrolled.account_id), Standing.FROZEN)
    asked = _ask(agent, enrolled, _case(agent, enrolled))
    assert _decide(supervisor, enrolled, asked, "approve").status_code == 200
    assert enrolled.status()["enabled"] is False
    assert enrolled.wallet.post(f"{enrolled.path}/totp").json()["code"] == "account_frozen"


@pytest.mark.parametrize("role", ["wallet", "auditor", "admin"])
def test_only_support_asks(service: Service, enrolled: Owner, agent: httpx.Client, role: str) -> None:
    case_id = _case(agent, enrolled)
    with service.client(role) as other:
        assert _ask(other, enrolled, case_id).json()["code"] == "insufficient_scope"


@pytest.mark.parametrize("role", ["wallet", "agent", "auditor", "admin"])
def test_only_a_supervisor_decides(service: Service, enrolled: Owner, agent: httpx.Client, role: str) -> None:
    asked = _ask(agent, enrolled, _case(agent, enrolled))
    with service.client(role) as other:
        for verdict in ("approve", "refuse"):
            assert _decide(other, enrolled, asked, verdict).json()["code"] == "insufficient_scope"
