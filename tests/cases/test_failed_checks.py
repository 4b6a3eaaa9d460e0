"""R40: a failed identity check stands over all cases of the account, until another person passes one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from secmon.accounts import service as accounts
from secmon.cases.models import IdentityCheck
from secmon.core.ids import new_id
from tests.cases import desk
from tests.freezes.test_races import GIVES_UP_AFTER_S, until_it_waits
from tests.people import people_of
from tests.service import Service

UNVERIFIED = (409, "identity_unverified")
ANOTHER = (403, "second_person_required")
PHONE = {"phone": "+8613900000000"}

People = dict[str, httpx.Client]


@pytest.fixture
def people(service: Service) -> Iterator[People]:
    with people_of(service) as people:
        yield people


@pytest.fixture
def two_cases(agent: httpx.Client, account_id: str) -> tuple[str, str]:
    """Two open cases of the account."""
    return desk.open_case(agent, account_id)["case_id"], desk.open_case(agent, account_id)["case_id"]


def failed(client: httpx.Client, case_id: str) -> None:
    desk.check_identity(client, case_id, outcome="failed").raise_for_status()


def passed(client: httpx.Client, case_id: str) -> None:
    desk.check_identity(client, case_id).raise_for_status()


def bound(client: httpx.Client, account_id: str, case_id: str) -> httpx.Response:
    """The attempt to bind a contact on the case; done once, it changes nothing more and is done again."""
    return client.put(f"/v1/accounts/{account_id}", json={**PHONE, "case_id": case_id})


def test_R40_who_failed_a_check_does_not_pass_one_on_a_second_case(
    service: Service, agent: httpx.Client, account_id: str
) -> None:
    """The thief rings the same person again, who opens another case for it."""
    failed(agent, desk.open_case(agent, account_id)["case_id"])
    for _ in range(2):
        second = desk.open_case(agent, account_id)["case_id"]
        assert desk.code(desk.check_identity(agent, second)) == ANOTHER
        assert desk.code(bound(agent, account_id, second)) == UNVERIFIED
        # Nor does time make it good.
        service.clock.advance(timedelta(days=2))


def test_R40_closing_the_case_does_not_take_its_failed_check_back(
    agent: httpx.Client, two_cases: tuple[str, str]
) -> None:
    first, second = two_cases
    failed(agent, first)
    desk.step(agent, first, "investigating", "resolved", "closed").raise_for_status()
    assert desk.code(desk.check_identity(agent, second)) == ANOTHER


def test_R40_another_accounts_failed_check_is_none_of_this_one(
    agent: httpx.Client, account_id: str, two_cases: tuple[str, str]
) -> None:
    failed(agent, desk.open_case(agent, f"{account_id}-next")["case_id"])
    passed(agent, two_cases[0])
    bound(agent, account_id, two_cases[0]).raise_for_status()


@pytest.mark.parametrize("by", ["agent", "supervisor"])
def test_R40_a_check_that_fails_on_one_case_takes_every_case_its_word(
    service: Service, people: People, account_id: str, by: str
) -> None:
    agent = people["agent"]
    first = desk.open_case(agent, account_id)["case_id"]
    second = desk.freeze(agent, account_id)["case"]["case_id"]
    passed(agent, second)
    bound(agent, account_id, second).raise_for_status()
    request_id = desk.ask_unfreeze(agent, account_id, second).raise_for_status().json()["request_id"]
    service.clock.advance(timedelta(minutes=1))
    failed(people[by], first)
    assert desk.code(bound(agent, account_id, second)) == UNVERIFIED
    assert desk.code(desk.ask_unfreeze(agent, account_id, second)) == UNVERIFIED
    assert desk.code(desk.decide(people["deputy"], account_id, request_id)) == UNVERIFIED
    assert desk.standing(agent, account_id)["standing"] == "frozen"


@pytest.mark.parametrize("where", ["the case", "the other case", "a third case"])
def test_R40_another_person_makes_it_good_on_whichever_case(
    service: Service, people: People, account_id: str, two_cases: tuple[str, str], where: str
) -> None:
    first, second = two_cases
    agent, supervisor = people["agent"], people["supervisor"]
    passed(agent, second)
    failed(agent, first)
    service.clock.advance(timedelta(minutes=1))
    third = desk.open_case(agent, account_id)["case_id"]
    passed(supervisor, {"the case": first, "the other case": second}.get(where, third))
    bound(agent, account_id, second).raise_for_status()
    # What was good for the account says nothing of a case on which nobody has looked.
    unseen = desk.open_case(agent, account_id)["case_id"]
    assert desk.code(bound(agent, account_id, unseen)) == UNVERIFIED
    passed(agent, unseen)
    bound(agent, account_id, unseen).raise_for_status()


def test_R40_a_check_passed_before_makes_nothing_good(
    service: Service, people: People, account_id: str, two_cases: tuple[str, str]
) -> None:
    first, second = two_cases
    passed(people["supervisor"], second)
    service.clock.advance(timedelta(minutes=1))
    failed(people["agent"], first)
    assert desk.code(desk.check_identity(people["agent"], first)) == ANOTHER
    assert desk.code(bound(people["agent"], account_id, second)) == UNVERIFIED


def test_R40_of_two_cases_at_one_instant_neither_check_is_the_later(
    people: People, account_id: str, two_cases: tuple[str, str]
) -> None:
    first, second = two_cases
    failed(people["agent"], first)
    passed(people["supervisor"], second)
    assert desk.code(bound(people["agent"], account_id, second)) == UNVERIFIED
    # On one case they have an order, whatever the clock says.
    passed(people["supervisor"], first)
    for case_id in two_cases:
        bound(people["agent"], account_id, case_id).raise_for_status()


def test_R40_each_who_failed_one_waits_for_another_over_all_cases(
    service: Service, people: People, two_cases: tuple[str, str]
) -> None:
    first, second = two_cases
    failed(people["agent"], first)
    failed(people["supervisor"], second)
    service.clock.advance(timedelta(minutes=1))
    for case_id in two_cases:
        for one in ("agent", "supervisor"):
            assert desk.code(desk.check_identity(people[one], case_id)) == ANOTHER
    passed(people["deputy"], second)
    passed(people["agent"], first)


def test_A67_who_made_a_failed_check_good_on_another_case_does_not_approve(
    service: Service, people: People, account_id: str
) -> None:
    """R42: what is decided on the case rests on their check as well, for a day."""
    agent, supervisor, deputy = (people[name] for name in ("agent", "supervisor", "deputy"))
    case_id = desk.freeze(agent, account_id)["case"]["case_id"]
    other = desk.open_case(agent, account_id)["case_id"]
    failed(agent, case_id)
    service.clock.advance(timedelta(minutes=1))
    passed(supervisor, other)
    passed(agent, case_id)
    request_id = desk.ask_unfreeze(agent, account_id, case_id).raise_for_status().json()["request_id"]
    assert desk.code(desk.decide(supervisor, account_id, request_id)) == ANOTHER
    # Nothing here rests on who looked on another case when it was good already.
    service.clock.advance(timedelta(minutes=1))
    passed(deputy, other)
    assert desk.decide(deputy, account_id, request_id).status_code == 200


def test_R40_a_check_waits_for_the_one_that_is_failing_on_another_case(
    postgres_service: Service, account_id: str
) -> None:
    """R14: the account is locked before its checks are read."""
    with people_of(postgres_service) as people, ThreadPoolExecutor(1) as pool:
        agent = people["agent"]
        first, second = (desk.open_case(agent, account_id)["case_id"] for _ in range(2))
        with postgres_service.work() as work:
            accounts.lock(work, account_id)
            checking = pool.submit(desk.check_identity, agent, second)
            until_it_waits(postgres_service)
            client_id = postgres_service.credentials["agent"]["client_id"]
            check = IdentityCheck(
                account_id=account_id, case_id=uuid.UUID(first), check_id=new_id(work.now), nth=1
            )
            check.method, check.outcome, check.checked_at = "face_match", "failed", work.now
            check.checked_by = check.checked_person = client_id
            work.session.add(check)
        assert desk.code(checking.result(GIVES_UP_AFTER_S)) == ANOTHER
