"""Contacts are sealed, masked, and hard to replace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from secmon.accounts import contacts
from secmon.accounts.contacts import Contact
from secmon.accounts.models import Account
from secmon.sealing.keyring import KeyRingError
from tests.cases import desk
from tests.service import TEST_KEYS, Service

PROFILE = {"locale": "en", "email": "li.na@example.com", "phone": "+8613812345678"}


@pytest.fixture
def path(wallet: httpx.Client, account_id: str) -> str:
    """The profile of an account with phone and e-mail."""
    wallet.put(f"/v1/accounts/{account_id}", json=PROFILE).raise_for_status()
    return f"/v1/accounts/{account_id}"


def test_contacts_are_shown_masked(wallet: httpx.Client, path: str) -> None:
    shown = wallet.put(path, json={}).json()
    assert (shown["email"], shown["phone"]) == ("l***@example.com", "+86*********78")


def test_contacts_are_sealed_in_the_database(service: Service, path: str, account_id: str) -> None:
    assert path
    with service.work(write=False) as work:
        row = work.session.execute(
            select(Account.email, Account.phone).where(Account.account_id == account_id)
        )
        sealed = row.one()
        assert b"example.com" not in sealed.email
        assert contacts.of_account(work, TEST_KEYS, account_id, Contact.EMAIL) == PROFILE["email"]


def test_A41_a_contact_of_another_account_is_refused(service: Service, path: str, account_id: str) -> None:
    assert path
    thief = f"{account_id}-thief"
    service.client("wallet").put(f"/v1/accounts/{thief}", json={"email": "thief@example.com"})
    with service.work() as work:
        stolen = work.session.scalar(select(Account.email).where(Account.account_id == thief))
        work.session.execute(update(Account).where(Account.account_id == account_id).values(email=stolen))
    with service.work(write=False) as work, pytest.raises(KeyRingError):
        contacts.of_account(work, TEST_KEYS, account_id, Contact.EMAIL)


@pytest.mark.parametrize(
    "bad",
    [
        {"email": "no address"},
        {"email": "a@b"},
        {"email": "a" * 250 + "@example.com"},
        {"email": "a\r\nBcc: x@example.com"},
        {"phone": "13812345678"},
        {"phone": "+86 138"},
        {"phone": "+８６１３８１２３４５６７８"},
        {"phone": 8613812345678},
        {"locale": "fr"},
        {"password_changed_at": "2026-11-22T02:00:00"},
    ],
)
def test_what_does_not_fit_is_refused(wallet: httpx.Client, account_id: str, bad: dict[str, Any]) -> None:
    assert wallet.put(f"/v1/accounts/{account_id}", json=bad).status_code == 422


@pytest.mark.parametrize("smuggled", [{"standing": "active"}, {"version": 9}, {"required_actions": {}}])
def test_A26_standing_is_not_set_through_the_profile(
    wallet: httpx.Client, path: str, account_id: str, smuggled: dict[str, Any]
) -> None:
    desk.freeze(wallet, account_id)
    assert wallet.put(path, json=smuggled).status_code == 422
    assert desk.standing(wallet, account_id)["standing"] == "frozen"


def test_a_replaced_phone_moves_no_money_overnight(
    service: Service, wallet: httpx.Client, path: str, account_id: str
) -> None:
    service.clock.advance(timedelta(hours=24))
    assert desk.standing(wallet, account_id, "transfer")["allowed"] is True
    wallet.put(path, json={"phone": "+8613900000000"}).raise_for_status()
    gate = desk.standing(wallet, account_id, "transfer")
    assert gate["allowed"] is False
    assert {held["reason"] for held in gate["restrictions"]} == {"phone_changed"}


def test_the_same_contact_again_changes_nothing(wallet: httpx.Client, path: str, account_id: str) -> None:
    version = desk.standing(wallet, account_id)["version"]
    wallet.put(path, json=PROFILE).raise_for_status()
    assert desk.standing(wallet, account_id)["version"] == version


def test_staff_do_not_replace_a_bound_contact(agent: httpx.Client, path: str) -> None:
    answer = agent.put(path, json={"phone": "+8613900000000"})
    assert (answer.status_code, answer.json()["code"]) == (403, "contact_bound")
    assert agent.put(path, json={"locale": "zh-CN"}).json()["locale"] == "zh-CN"


@pytest.mark.parametrize(
    "change", [{"phone": "+8613900000000"}, {"email": "thief@example.com"}, {"phone": None}]
)
def test_a_frozen_accounts_contacts_stay(
    wallet: httpx.Client, path: str, account_id: str, change: dict[str, str | None]
) -> None:
    desk.freeze(wallet, account_id)
    answer = wallet.put(path, json=change)
    assert (answer.status_code, answer.json()["code"]) == (409, "account_frozen")
