"""R37: a contact younger than three days tells nobody who somebody is."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from tests.cases import desk
from tests.service import Service

OF = {"registered_phone": "phone", "registered_email": "email", "call_back": "phone"}
BOUND = {"phone": "+8613812345678", "email": "li.na@example.com"}
THIEFS = {"phone": "+8613900000000", "email": "thief@example.com"}
YOUNG = timedelta(hours=72) - timedelta(seconds=1)


@pytest.mark.parametrize("method", OF)
def test_A59_a_contact_bound_just_now_identifies_nobody(
    service: Service, wallet: httpx.Client, agent: httpx.Client, account_id: str, method: str
) -> None:
    desk.open_case(agent, account_id)
    service.clock.advance(timedelta(seconds=1))
    wallet.put(f"/v1/accounts/{account_id}", json=THIEFS).raise_for_status()
    case_id = desk.freeze(wallet, account_id)["case"]["case_id"]
    service.clock.advance(YOUNG)
    refused = desk.check_identity(agent, case_id, method=method)
    assert desk.code(refused) == (409, "contact_too_new")
    assert agent.get(f"/v1/cases/{case_id}").json()["identity_checks"] == []
    assert desk.code(desk.ask_unfreeze(agent, account_id, case_id)) == (409, "identity_unverified")
    service.clock.advance(timedelta(seconds=1))
    assert desk.check_identity(agent, case_id, method=method).status_code == 201


@pytest.mark.parametrize("method", OF)
@pytest.mark.parametrize("to", ["another", "none"])
def test_A59_nor_does_one_that_was_changed_or_removed_just_now(
    service: Service, wallet: httpx.Client, agent: httpx.Client, account_id: str, method: str, to: str
) -> None:
    path, contact = f"/v1/accounts/{account_id}", OF[method]
    wallet.put(path, json={contact: BOUND[contact]}).raise_for_status()
    service.clock.advance(timedelta(days=30))
    case_id = desk.open_case(agent, account_id)["case_id"]
    assert desk.check_identity(agent, case_id, method=method).status_code == 201
    wallet.put(path, json={contact: THIEFS[contact] if to == "another" else None}).raise_for_status()
    assert desk.code(desk.check_identity(agent, case_id, method=method)) == (409, "contact_too_new")


@pytest.mark.parametrize("method", OF)
@pytest.mark.parametrize("dated", [timedelta(0), timedelta(days=31)])
def test_A59_nor_one_whose_change_was_reported_just_now_whatever_its_date(
    service: Service,
    wallet: httpx.Client,
    agent: httpx.Client,
    account_id: str,
    method: str,
    dated: timedelta,
) -> None:
    path, contact = f"/v1/accounts/{account_id}", OF[method]
    wallet.put(path, json={contact: BOUND[contact]}).raise_for_status()
    service.clock.advance(timedelta(days=30))
    change = {"event_id": "chg-1", "credential": contact, "method": "user"}
    change["occurred_at"] = (service.clock.now - dated).isoformat()
    wallet.post(f"{path}/credential-changes", json=change).raise_for_status()
    case_id = desk.open_case(agent, account_id)["case_id"]
    assert desk.code(desk.check_identity(agent, case_id, method=method)) == (409, "contact_too_new")


@pytest.mark.parametrize("method", ["registered_phone", "registered_email"])
def test_a_contact_that_is_not_on_file_identifies_nobody(
    agent: httpx.Client, account_id: str, method: str
) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    assert desk.code(desk.check_identity(agent, case_id, method=method)) == (409, "contact_too_new")


def test_a_check_that_failed_is_recorded_whatever_the_contact(agent: httpx.Client, account_id: str) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    answer = desk.check_identity(agent, case_id, method="registered_phone", outcome="failed")
    assert answer.status_code == 201


@pytest.mark.parametrize("method", ["id_document", "face_match", "call_back"])
def test_what_needs_no_contact_on_file_identifies(
    wallet: httpx.Client, agent: httpx.Client, account_id: str, method: str
) -> None:
    """A call back may go to a number that support has from elsewhere; a young e-mail says nothing of it."""
    wallet.put(f"/v1/accounts/{account_id}", json={"email": BOUND["email"]}).raise_for_status()
    case_id = desk.open_case(agent, account_id)["case_id"]
    assert desk.check_identity(agent, case_id, method=method).status_code == 201


def test_a_call_back_to_the_number_that_an_account_began_with_identifies(
    wallet: httpx.Client, agent: httpx.Client, account_id: str
) -> None:
    """Nobody had another one there. What vouches by having been on file must have been, all the same."""
    wallet.put(f"/v1/accounts/{account_id}", json=BOUND).raise_for_status()
    case_id = desk.open_case(agent, account_id)["case_id"]
    assert desk.check_identity(agent, case_id, method="call_back").status_code == 201
    answer = desk.check_identity(agent, case_id, method="registered_phone")
    assert desk.code(answer) == (409, "contact_too_new")
