"""R42: four eyes are two persons', whatever clients they have, and the case is as the second one saw it."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from secmon.cases.models import Approval, IdentityCheck
from tests.cases import desk
from tests.people import people_of
from tests.service import Service
from tests.twofactor.owner import Owner

ANOTHER = (403, "second_person_required")
_serial = itertools.count(1)


def fresh_person() -> str:
    return f"person-{next(_serial)}"


def staff(service: Service, role: str, person: str | None = None) -> httpx.Client:
    """A client made for that person."""
    name = f"{role}-{next(_serial)}"
    more = {} if person is None else {"person_id": person}
    made = service.client("admin").post("/v1/clients", json={"name": name, "role": role, **more})
    service.credentials[name] = made.raise_for_status().json()
    return service.client(name)


def client_id(service: Service, client: httpx.Client) -> str:
    auth: Any = client.auth
    return str(service.credentials[auth.role]["client_id"])


def asked(agent: httpx.Client, checker: httpx.Client, account_id: str) -> str:
    """A request to unfreeze, on a check of somebody's."""
    case_id = desk.freeze(checker, account_id)["case"]["case_id"]
    desk.check_identity(checker, case_id).raise_for_status()
    request_id: str = desk.ask_unfreeze(agent, account_id, case_id).raise_for_status().json()["request_id"]
    return request_id


def test_A67_a_second_client_of_the_same_person_is_not_another_person(
    service: Service, agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    """The first one is revoked, and the next one stands for the same person."""
    person = fresh_person()
    first = staff(service, "supervisor", person)
    request_id = asked(first, agent, account_id)
    admin = service.client("admin")
    again = {"name": "again", "role": "supervisor", "person_id": person}
    assert desk.code(admin.post("/v1/clients", json=again)) == (409, "person_taken")
    admin.delete(f"/v1/clients/{client_id(service, first)}").raise_for_status()
    second = staff(service, "supervisor", person)
    for verdict in ("approve", "refuse"):
        assert desk.code(desk.decide(second, account_id, request_id, verdict)) == ANOTHER
    assert desk.standing(agent, account_id)["standing"] == "frozen"
    assert desk.decide(supervisor, account_id, request_id).status_code == 200


@pytest.mark.parametrize("said_later", ["of who asked", "of who approves"])
def test_A67_a_client_whose_person_is_told_later_is_that_person(
    service: Service, agent: httpx.Client, account_id: str, said_later: str
) -> None:
    person, admin = fresh_person(), service.client("admin")
    first = staff(service, "supervisor", person if said_later == "of who approves" else None)
    request_id = asked(first, agent, account_id)
    second = staff(service, "supervisor", None if said_later == "of who approves" else person)
    second.get("/v1/cases").raise_for_status()
    named = second if said_later == "of who approves" else first
    other = first if named is second else second
    path = f"/v1/clients/{client_id(service, named)}"
    assert desk.code(admin.patch(path, json={"person_id": person})) == (409, "person_taken")
    admin.delete(f"/v1/clients/{client_id(service, other)}").raise_for_status()
    assert admin.patch(path, json={"person_id": person}).json()["person_id"] == person
    if named is first:
        admin.delete(path).raise_for_status()
        other = staff(service, "supervisor", person)
    # With a new token: the one of before stands for nobody any more.
    service.clock.advance(timedelta(minutes=6))
    acting = named if named is second else other
    assert desk.code(desk.decide(acting, account_id, request_id)) == ANOTHER


def test_A67_a_token_of_before_the_person_was_named_is_refused(service: Service) -> None:
    one = staff(service, "supervisor")
    one.get("/v1/cases").raise_for_status()
    path = f"/v1/clients/{client_id(service, one)}"
    service.client("admin").patch(path, json={"person_id": fresh_person()}).raise_for_status()
    assert desk.code(one.get("/v1/cases")) == (401, "unauthenticated")
    service.clock.advance(timedelta(minutes=6))
    assert one.get("/v1/cases").status_code == 200


def test_A67_who_checked_the_identity_does_not_approve(service: Service, account_id: str) -> None:
    """Nor who checked it again meanwhile."""
    with people_of(service) as people:
        agent, supervisor, deputy = (people[name] for name in ("agent", "supervisor", "deputy"))
        request_id = asked(agent, supervisor, account_id)
        assert desk.code(desk.decide(supervisor, account_id, request_id)) == ANOTHER
        (case,) = agent.get("/v1/cases", params={"account_id": account_id}).json()["items"]
        desk.check_identity(agent, case["case_id"]).raise_for_status()
        assert desk.code(desk.decide(supervisor, account_id, request_id)) == ANOTHER
        assert desk.decide(deputy, account_id, request_id).status_code == 200


def test_A67_a_factor_reset_takes_two_persons_too(
    service: Service, wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    owner, person = Owner(wallet, service.clock, account_id).enrol(), fresh_person()
    first = staff(service, "supervisor", person)
    case_id = desk.open_case(first, account_id)["case_id"]
    desk.check_identity(agent, case_id).raise_for_status()
    path = f"{owner.path}/two-factor/reset"
    request = first.post(path, json={"case_id": case_id, "reason": "Lost"}).json()["request_id"]
    service.client("admin").delete(f"/v1/clients/{client_id(service, first)}").raise_for_status()
    second = staff(service, "supervisor", person)

    def approved(by: httpx.Client) -> httpx.Response:
        return by.post(f"{path}/{request}/approve", json={}, headers=desk.seen(by, case_id))

    assert desk.code(approved(second)) == ANOTHER
    assert owner.verify().status_code == 200
    assert approved(supervisor).status_code == 200


def test_A67_what_the_previous_release_wrote_down_is_compared_by_clients(
    service: Service, agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    """It knew no persons: who asked is the client, and whoever that client stands for."""
    request_id = asked(supervisor, agent, account_id)
    with service.work() as work:
        work.session.execute(
            update(Approval).where(Approval.account_id == account_id).values(requested_person=None)
        )
        work.session.execute(
            update(IdentityCheck).where(IdentityCheck.account_id == account_id).values(checked_person=None)
        )
    assert desk.code(desk.decide(supervisor, account_id, request_id)) == ANOTHER
    assert desk.decide(staff(service, "supervisor"), account_id, request_id).status_code == 200


def test_A68_an_approval_is_of_the_case_as_the_approver_saw_it(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    request_id = asked(agent, agent, account_id)
    (case,) = supervisor.get("/v1/cases", params={"account_id": account_id}).json()["items"]
    seen = desk.seen(supervisor, case["case_id"])
    notes = f"/v1/cases/{case['case_id']}/notes"
    agent.post(notes, json={"text": "The voice did not match", "internal": True}).raise_for_status()
    desk.check_identity(agent, case["case_id"], outcome="failed").raise_for_status()
    refused = desk.decide(supervisor, account_id, request_id, headers=seen)
    assert desk.code(refused) == (412, "case_changed")
    changes = refused.json()["changes"]
    assert [one["what"] for one in changes] == ["identity.checked", "case.note_added"]
    assert {one["by"] for one in changes} == {"first-run agent"}
    assert desk.standing(agent, account_id)["standing"] == "frozen"
    looked_again = desk.decide(supervisor, account_id, request_id)
    assert desk.code(looked_again) == (409, "identity_unverified")


def test_A68_another_case_of_as_many_changes_is_not_the_one_that_was_seen(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    request_id = asked(agent, agent, account_id)
    (case,) = supervisor.get("/v1/cases", params={"account_id": account_id}).json()["items"]
    other = desk.open_case(agent, f"{account_id}-other")["case_id"]
    for _ in range(case["version"] - 1):
        note = {"text": "Called the owner", "internal": True}
        agent.post(f"/v1/cases/{other}/notes", json=note).raise_for_status()
    assert agent.get(f"/v1/cases/{other}").json()["version"] == case["version"]
    refused = desk.decide(supervisor, account_id, request_id, headers=desk.seen(supervisor, other))
    assert desk.code(refused) == (412, "case_changed")


@pytest.mark.parametrize("tag", [None, "*"])
def test_A68_who_says_nothing_of_what_they_saw_approves_nothing(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str, tag: str | None
) -> None:
    request_id = asked(agent, agent, account_id)
    headers = {} if tag is None else {"If-Match": tag}
    refused = desk.decide(supervisor, account_id, request_id, headers=headers)
    assert desk.code(refused) == (428, "if_match_required")
    assert desk.standing(agent, account_id)["standing"] == "frozen"
    # A refusal protects: it waits for nobody.
    assert desk.decide(supervisor, account_id, request_id, "refuse", headers={}).status_code == 200


@pytest.mark.parametrize("tag", ['"0"', '"x"', f'"{"9" * 5000}"', '"²"', 'W/"3"'])
def test_A68_a_tag_that_is_none_of_ours_is_an_old_one(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str, tag: str
) -> None:
    request_id = asked(agent, agent, account_id)
    headers = [(b"If-Match", tag.encode("latin-1"))]
    path = f"/v1/accounts/{account_id}/unfreeze/{request_id}/approve"
    refused = supervisor.post(path, json={}, headers=headers)
    assert desk.code(refused) == (412, "case_changed")
    # `unfreeze.requested` and the check are all that the case has seen.
    assert {one["what"] for one in refused.json()["changes"]} == {"unfreeze.requested", "identity.checked"}


def test_A68_a_case_that_only_got_overdue_is_the_same(
    service: Service, agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    request_id = asked(agent, agent, account_id)
    (case,) = supervisor.get("/v1/cases", params={"account_id": account_id}).json()["items"]
    seen = desk.seen(supervisor, case["case_id"])
    service.clock.advance(timedelta(hours=23, minutes=59))
    assert desk.seen(supervisor, case["case_id"]) != seen
    assert desk.decide(supervisor, account_id, request_id, headers=seen).status_code == 200
