"""A change by the staff stands on a login case of this account, with an identity check that is still good."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from tests.cases import desk
from tests.credentials.test_changes import change
from tests.service import Service


@pytest.fixture
def case_id(agent: httpx.Client, account_id: str) -> str:
    """A login case of the account, its identity check passed."""
    return checked(agent, account_id)


def checked(agent: httpx.Client, account_id: str, **changes: str) -> str:
    case_id: str = desk.open_case(agent, account_id, **changes)["case_id"]
    desk.check_identity(agent, case_id).raise_for_status()
    return case_id


def by_staff(wallet: httpx.Client, account_id: str, case_id: str | None) -> httpx.Response:
    body = change("phone", "staff", **({} if case_id is None else {"case_id": case_id}))
    return wallet.post(f"/v1/accounts/{account_id}/credential-changes", json=body)


def test_a_checked_login_case_of_the_account_will_do(
    service: Service, wallet: httpx.Client, account_id: str, case_id: str
) -> None:
    service.clock.advance(timedelta(hours=24) - timedelta(seconds=1))
    answer = by_staff(wallet, account_id, case_id)
    assert (answer.status_code, answer.json()["method"]) == (201, "staff")


def test_a_check_that_is_too_old_will_not(
    service: Service, wallet: httpx.Client, account_id: str, case_id: str
) -> None:
    service.clock.advance(timedelta(hours=24))
    assert desk.code(by_staff(wallet, account_id, case_id)) == (409, "identity_unverified")


def test_a_check_that_failed_later_will_not(
    wallet: httpx.Client, agent: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.check_identity(agent, case_id, outcome="failed").raise_for_status()
    assert desk.code(by_staff(wallet, account_id, case_id)) == (409, "identity_unverified")


def test_another_accounts_case_will_not(wallet: httpx.Client, account_id: str, case_id: str) -> None:
    thief = f"{account_id}-thief"
    assert desk.code(by_staff(wallet, thief, case_id)) == (409, "identity_unverified")


@pytest.mark.parametrize("category", ["payment", "security", "promotion"])
def test_a_case_of_another_category_will_not(
    wallet: httpx.Client, agent: httpx.Client, account_id: str, category: str
) -> None:
    case_id = checked(agent, account_id, category=category)
    assert desk.code(by_staff(wallet, account_id, case_id)) == (409, "identity_unverified")


def test_a_closed_case_will_not(
    wallet: httpx.Client, agent: httpx.Client, account_id: str, case_id: str
) -> None:
    assert desk.step(agent, case_id, "investigating", "resolved", "closed").status_code == 200
    assert desk.code(by_staff(wallet, account_id, case_id)) == (409, "identity_unverified")


def test_no_case_will_not(wallet: httpx.Client, account_id: str) -> None:
    assert desk.code(by_staff(wallet, account_id, None)) == (409, "identity_unverified")
    assert wallet.get(f"/v1/accounts/{account_id}/standing").status_code == 404
