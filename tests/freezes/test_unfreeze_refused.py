"""What an unfreeze is refused for: the wrong person, the wrong case, an identity that nobody checked."""

from __future__ import annotations

import uuid
from datetime import timedelta

import httpx
import pytest

from tests.cases import desk
from tests.service import Service


def test_A23_who_asked_does_not_approve(
    wallet: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str
) -> None:
    """R17: an unfreeze takes two people, whatever the one may do."""
    desk.check_identity(supervisor, case_id)
    asked = desk.ask_unfreeze(supervisor, account_id, case_id).json()
    for verdict in ("approve", "refuse"):
        answer = desk.decide(supervisor, account_id, asked["request_id"], verdict)
        assert desk.code(answer) == (403, "second_person_required")
    assert desk.standing(wallet, account_id)["standing"] == "frozen"


def test_the_wallet_freezes_but_does_not_ask_for_an_unfreeze(
    wallet: httpx.Client, agent: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.check_identity(agent, case_id)
    assert desk.code(desk.ask_unfreeze(wallet, account_id, case_id)) == (403, "staff_required")


def test_an_unfreeze_needs_an_identity_check(agent: httpx.Client, account_id: str, case_id: str) -> None:
    assert desk.code(desk.ask_unfreeze(agent, account_id, case_id)) == (409, "identity_unverified")
    desk.check_identity(agent, case_id, outcome="failed")
    assert desk.code(desk.ask_unfreeze(agent, account_id, case_id)) == (409, "identity_unverified")


def test_a_failed_check_voids_an_earlier_passed_one(
    agent: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.check_identity(agent, case_id)
    desk.check_identity(agent, case_id, outcome="failed")
    assert desk.code(desk.ask_unfreeze(agent, account_id, case_id)) == (409, "identity_unverified")


def test_an_identity_check_of_another_case_does_not_count(
    agent: httpx.Client, account_id: str, case_id: str
) -> None:
    other = desk.open_case(agent, account_id)["case_id"]
    desk.check_identity(agent, other)
    assert desk.code(desk.ask_unfreeze(agent, account_id, case_id)) == (409, "identity_unverified")
    assert desk.ask_unfreeze(agent, account_id, other).status_code == 422


def test_an_identity_check_expires(
    service: Service, agent: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.check_identity(agent, case_id)
    service.clock.advance(timedelta(hours=24) - timedelta(seconds=1))
    asked = desk.ask_unfreeze(agent, account_id, case_id)
    assert asked.status_code == 202
    service.clock.advance(timedelta(seconds=1))
    assert desk.code(desk.ask_unfreeze(agent, account_id, case_id)) == (409, "identity_unverified")
    decided = desk.decide(supervisor, account_id, asked.json()["request_id"])
    assert desk.code(decided) == (409, "identity_unverified")


def test_an_active_account_is_not_unfrozen(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.give_back(agent, supervisor, account_id, case_id)
    assert desk.code(desk.ask_unfreeze(agent, account_id, case_id)) == (409, "not_frozen")


@pytest.mark.usefixtures("case_id")
def test_A20_a_case_of_another_account_unfreezes_nothing(
    wallet: httpx.Client, agent: httpx.Client, account_id: str
) -> None:
    other = desk.freeze(wallet, f"{account_id}-other")["case"]["case_id"]
    desk.check_identity(agent, other)
    for foreign in (other, str(uuid.uuid4())):
        answer = desk.ask_unfreeze(agent, account_id, foreign)
        assert desk.code(answer) == (422, "invalid_fields")
    assert desk.standing(wallet, account_id)["standing"] == "frozen"


def test_A25_a_request_of_another_account_looks_unknown(
    wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str
) -> None:
    other = f"{account_id}-other"
    desk.freeze(wallet, other)
    desk.check_identity(agent, case_id)
    request_id = desk.ask_unfreeze(agent, account_id, case_id).json()["request_id"]
    foreign = desk.decide(supervisor, other, request_id)
    guessed = desk.decide(supervisor, other, str(uuid.uuid4()))
    assert desk.code(foreign) == desk.code(guessed) == (404, "request_unknown")
