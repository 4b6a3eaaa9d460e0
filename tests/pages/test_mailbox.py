"""Who reads the owner's mail need not be the owner: what "it was me" by the alert's link does (R39)."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from tests.alerts.owner import Alerted, alerted
from tests.pages.browser import ADDRESS, LONG_AGO, Form, Page, bind
from tests.service import Service
from tests.twofactor.owner import Owner

ENGLISH = {"Accept-Language": "en"}
DENIED = {"user_agent": "curl/8.5.0"}


def settle(owner: Alerted, outcome: str, method: str = "otp") -> None:
    path = f"/v1/accounts/{owner.account_id}/login-events/{owner.event['event_id']}/challenge"
    told = {"outcome": outcome, "method": method, "occurred_at": owner.event["occurred_at"]}
    owner.wallet.post(path, json=told).raise_for_status()


def assert_nothing_was_taught(owner: Alerted) -> None:
    again = owner.log_in_again(minutes=90)
    assert again["decision"] != "allow"
    assert (again["device"]["recognition"], again["device"]["trusted"]) == ("new", False)


def test_A60_with_a_second_factor_the_mailbox_lets_the_alert_rest_and_trusts_nothing(
    service: Service, page: Page
) -> None:
    owner = page.owner
    Owner(owner.wallet, service.clock, owner.account_id).enrol()
    answer = page.answer("was_me", **ENGLISH)
    assert (answer.status_code, "Noted" in answer.text) == (200, True)
    assert "trusted one" in answer.text
    alert = owner.alert()
    assert (alert["answer"], alert["vouched"]) == ("was_me", False)
    assert_nothing_was_taught(owner)
    assert page.open(**ENGLISH).status_code == 410


def test_A60_a_locked_or_disabled_factor_is_one(service: Service, page: Page) -> None:
    enrolled = Owner(page.owner.wallet, service.clock, page.owner.account_id).enrol()
    enrolled.fail(6)
    page.answer("was_me").raise_for_status()
    assert_nothing_was_taught(page.owner)


def test_A60_the_owner_denies_what_a_reader_of_the_mail_confirmed(service: Service, page: Page) -> None:
    owner = page.owner
    Owner(owner.wallet, service.clock, owner.account_id).enrol()
    page.answer("was_me").raise_for_status()
    assert owner.answer("was_me").json()["vouched"] is False
    denied = owner.answer("not_me")
    assert (denied.status_code, denied.json()["answer"]) == (200, "not_me")
    assert owner.standing()["standing"] == "frozen"
    assert owner.answer("was_me").json()["code"] == "alert_answered"


def test_a_login_that_a_factor_has_proven_is_vouched_for_by_mail(service: Service, page: Page) -> None:
    owner = page.owner
    enrolled = Owner(owner.wallet, service.clock, owner.account_id).enrol()
    enrolled.verify(event_id=owner.event["event_id"]).raise_for_status()
    assert "该设备已设为可信" in page.answer("was_me").text
    assert owner.alert()["vouched"] is True
    assert owner.log_in_again(minutes=90)["device"]["trusted"] is True


@pytest.mark.parametrize(("method", "vouched"), [("otp", True), ("sms", False)])
def test_a_factor_that_came_with_the_login_has_proven_it_and_a_phone_number_has_not(
    service: Service,
    wallet: httpx.Client,
    account_id: str,
    browser: httpx.Client,
    method: str,
    vouched: bool,
) -> None:
    bind(service, wallet, account_id, ADDRESS, LONG_AGO)
    owner = alerted(wallet, account_id, amr=["pwd", method])
    Owner(wallet, service.clock, account_id).enrol()
    Page(service, owner, browser).answer("was_me").raise_for_status()
    assert owner.alert()["vouched"] is vouched


@pytest.mark.parametrize("by_mail", [True, False])
def test_A61_no_click_makes_a_denied_login_good(
    service: Service, wallet: httpx.Client, account_id: str, browser: httpx.Client, by_mail: bool
) -> None:
    bind(service, wallet, account_id, ADDRESS, LONG_AGO)
    owner = alerted(wallet, account_id, **DENIED)
    assert owner.judged["decision"] == "deny"
    answer = Page(service, owner, browser).answer("was_me") if by_mail else owner.answer("was_me")
    assert answer.status_code == 200
    assert (owner.alert()["answer"], owner.alert()["vouched"]) == ("was_me", False)
    listed = wallet.get(f"/v1/accounts/{account_id}/devices").json()["items"]
    assert owner.device_id not in {device["device_id"] for device in listed}


@pytest.mark.parametrize("by_mail", [True, False])
def test_A61_no_click_makes_a_failed_challenge_good(page: Page, by_mail: bool) -> None:
    settle(page.owner, "failed")
    answer = page.answer("was_me") if by_mail else page.owner.answer("was_me")
    assert answer.status_code == 200
    assert page.owner.alert()["vouched"] is False
    assert_nothing_was_taught(page.owner)


def test_A61_a_challenge_that_fails_after_the_click_takes_back_what_it_taught(page: Page) -> None:
    page.answer("was_me").raise_for_status()
    assert page.owner.alert()["vouched"] is True
    settle(page.owner, "failed")
    assert_nothing_was_taught(page.owner)


@pytest.mark.parametrize("ago", [timedelta(), timedelta(hours=71)])
def test_A62_a_link_to_a_young_address_can_only_freeze(
    service: Service, wallet: httpx.Client, account_id: str, browser: httpx.Client, ago: timedelta
) -> None:
    bind(service, wallet, account_id, ADDRESS, ago)
    page = Page(service, alerted(wallet, account_id), browser)
    assert_only_freezes(page)


def test_A62_an_address_of_three_days_may_say_me(
    service: Service, wallet: httpx.Client, account_id: str, browser: httpx.Client
) -> None:
    bind(service, wallet, account_id, ADDRESS, timedelta(hours=72))
    assert Form(Page(service, alerted(wallet, account_id), browser).open().text).buttons == [
        "was_me",
        "not_me",
    ]


def test_A62_a_young_address_does_not_grow_old_under_its_link(
    service: Service, wallet: httpx.Client, account_id: str, browser: httpx.Client
) -> None:
    bind(service, wallet, account_id, ADDRESS, timedelta(hours=60))
    page = Page(service, alerted(wallet, account_id), browser)
    service.clock.advance(timedelta(hours=20))
    assert_only_freezes(page)


@pytest.mark.parametrize("now_bound", ["thief@example.com", None])
def test_A62_a_link_to_an_address_that_was_replaced_since_can_only_freeze(
    service: Service, page: Page, now_bound: str | None
) -> None:
    form = Form(page.open().text)
    bind(service, page.owner.wallet, page.owner.account_id, now_bound, timedelta())
    assert page.send("was_me", form).status_code == 403
    assert_only_freezes(page)


def test_A62_an_address_that_comes_back_is_young_again(service: Service, page: Page) -> None:
    for email in ("thief@example.com", ADDRESS):
        bind(service, page.owner.wallet, page.owner.account_id, email, timedelta())
    assert_only_freezes(page)


def test_A62_a_link_to_another_address_than_the_one_on_file_can_only_freeze(
    service: Service, page: Page, browser: httpx.Client
) -> None:
    assert_only_freezes(Page(service, page.owner, browser, "former@example.com"))


def test_A62_after_its_time_it_neither_vouches_nor_freezes(service: Service, page: Page) -> None:
    form = Form(page.open().text)
    service.clock.advance(timedelta(hours=24))
    assert [page.send(said, form).status_code for said in ("was_me", "not_me")] == [410, 410]
    assert page.owner.alert()["answer"] is None


def assert_only_freezes(page: Page) -> None:
    """The page asks without "it was me" and says why; sent all the same, it changes nothing."""
    shown = page.open(**ENGLISH)
    form = Form(shown.text)
    assert (shown.status_code, form.buttons) == (200, ["not_me"])
    assert "three days" in shown.text.replace("\n", " ")
    assert "未满三天" in page.open(**{"Accept-Language": "zh-CN"}).text
    refused = page.send("was_me", form, **ENGLISH)
    assert (refused.status_code, Form(refused.text).buttons) == (403, ["not_me"])
    assert page.owner.alert()["answer"] is None
    assert page.send("not_me", form).status_code == 200
    assert page.owner.standing()["standing"] == "frozen"
