"""R36, R40: contacts of a frozen account, and those that staff bind, need a case with a good check."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from tests.accounts.test_profile import PROFILE
from tests.cases import desk
from tests.service import Service

FIRST = [{"phone": "+8613900000000"}, {"email": "thief@example.com"}]


def checked(agent: httpx.Client, account_id: str) -> str:
    case_id: str = desk.open_case(agent, account_id)["case_id"]
    desk.check_identity(agent, case_id, method="id_document").raise_for_status()
    return case_id


@pytest.mark.parametrize("contact", FIRST)
@pytest.mark.parametrize("caller", ["wallet", "agent"])
def test_A58_while_frozen_nobody_binds_a_first_contact(
    service: Service, wallet: httpx.Client, account_id: str, caller: str, contact: dict[str, str]
) -> None:
    """By it the owner's identity would be checked next."""
    desk.freeze(wallet, account_id)
    with service.client(caller) as client:
        answer = client.put(f"/v1/accounts/{account_id}", json={**contact, "locale": "en"})
    assert desk.code(answer) == (409, "account_frozen")
    shown = wallet.put(f"/v1/accounts/{account_id}", json={}).json()
    assert (shown["phone"], shown["email"], shown["locale"]) == (None, None, "zh-CN")


@pytest.mark.parametrize("caller", ["wallet", "agent"])
def test_A58_a_case_with_a_good_check_binds_and_replaces_while_frozen(
    service: Service, wallet: httpx.Client, agent: httpx.Client, account_id: str, caller: str
) -> None:
    case_id = desk.freeze(wallet, account_id)["case"]["case_id"]
    path = f"/v1/accounts/{account_id}"
    with service.client(caller) as client:
        answer = client.put(path, json={**FIRST[0], "case_id": case_id})
        assert desk.code(answer) == (409, "identity_unverified")
        desk.check_identity(agent, case_id).raise_for_status()
        for phone in ("+8613900000000", "+8613900000001"):
            client.put(path, json={"phone": phone, "case_id": case_id}).raise_for_status()
        service.clock.advance(timedelta(hours=24))
        answer = client.put(path, json={"phone": "+8613900000002", "case_id": case_id})
        assert desk.code(answer) == (409, "identity_unverified")
    assert wallet.put(path, json={}).json()["phone"].endswith("01")


@pytest.mark.parametrize("which", ["unknown", "another account's", "failed"])
def test_A58_a_case_that_says_nothing_of_the_owner_is_refused(
    wallet: httpx.Client, agent: httpx.Client, account_id: str, which: str
) -> None:
    own = desk.freeze(wallet, account_id)["case"]["case_id"]
    desk.check_identity(agent, own).raise_for_status()
    desk.check_identity(agent, own, outcome="failed").raise_for_status()
    cases = {
        "unknown": "019ab0c4-7c1e-7a10-9d53-0d6a5d0f2b11",
        "another account's": checked(agent, f"{account_id}-other"),
        "failed": own,
    }
    for client in (wallet, agent):
        answer = client.put(f"/v1/accounts/{account_id}", json={**FIRST[0], "case_id": cases[which]})
        assert desk.code(answer) == (409, "identity_unverified")


def test_a_bad_case_is_refused_even_where_none_is_needed(wallet: httpx.Client, account_id: str) -> None:
    body = {"locale": "en", "case_id": "019ab0c4-7c1e-7a10-9d53-0d6a5d0f2b11"}
    answer = wallet.put(f"/v1/accounts/{account_id}", json=body)
    assert desk.code(answer) == (409, "identity_unverified")
    assert wallet.get(f"/v1/accounts/{account_id}/standing").status_code == 404


@pytest.mark.parametrize("contact", FIRST)
def test_A65_staff_bind_a_first_contact_on_a_case_with_a_good_check_alone(
    agent: httpx.Client, account_id: str, contact: dict[str, str]
) -> None:
    path = f"/v1/accounts/{account_id}"
    assert desk.code(agent.put(path, json=contact)) == (409, "identity_unverified")
    case_id = checked(agent, account_id)
    agent.put(path, json={**contact, "case_id": case_id}).raise_for_status()
    # Told again, it is no change, and needs nothing.
    agent.put(path, json=contact).raise_for_status()


def test_A65_staff_unbind_and_replace_on_a_case_with_a_good_check_alone(
    wallet: httpx.Client, agent: httpx.Client, account_id: str
) -> None:
    path = f"/v1/accounts/{account_id}"
    wallet.put(path, json=PROFILE).raise_for_status()
    for change in ({"phone": None}, {"phone": "+8613900000000"}):
        assert desk.code(agent.put(path, json=change)) == (403, "contact_bound")
    case_id = checked(agent, account_id)
    agent.put(path, json={"phone": "+8613900000000", "case_id": case_id}).raise_for_status()


@pytest.mark.parametrize("contact", FIRST)
def test_R37_a_first_contact_moves_no_money_for_a_day(
    service: Service, wallet: httpx.Client, account_id: str, contact: dict[str, str]
) -> None:
    path = f"/v1/accounts/{account_id}"
    for _ in range(2):
        wallet.put(path, json=contact).raise_for_status()
        held = desk.standing(wallet, account_id, "transfer")
        assert held["allowed"] is False
        assert {one["reason"] for one in held["restrictions"]} == {f"{next(iter(contact))}_changed"}
    service.clock.advance(timedelta(hours=24))
    assert desk.standing(wallet, account_id, "transfer")["allowed"] is True
