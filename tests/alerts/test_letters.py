"""The letters around an alert: the link in the one leads to the page, the other names the case."""

from __future__ import annotations

import re
import uuid
from zoneinfo import ZoneInfo

import httpx
import pytest

from secmon.alerts import service as alerts
from secmon.alerts import words
from secmon.alerts.words import AlertTelling
from secmon.cases import letters as cases
from secmon.mail.rendering import Rendered, render
from secmon.outbox.kinds import Kind
from tests.alerts.owner import Alerted
from tests.service import NO_TLS, Service


def alert_letter(service: Service, owner: Alerted, locale: str) -> Rendered:
    telling = AlertTelling(service.settings.keys, service.url, ZoneInfo("Asia/Shanghai"))
    told = {"alert_id": owner.alert_id}
    with service.work(write=False) as work:
        facts = words.facts(telling, work, owner.account_id, told, locale)
        facts |= words.link(telling, work, owner.account_id, told, "li@example.com")
    return render(Kind.LOGIN_ALERT, locale, facts)


@pytest.mark.parametrize(("locale", "place"), [("zh-CN", "拉各斯，尼日利亚"), ("en", "Lagos, Nigeria")])
def test_the_letter_names_device_place_and_time_and_links_to_the_page(
    service: Service, owner: Alerted, locale: str, place: str
) -> None:
    letter = alert_letter(service, owner, locale)
    for shown in ("Galaxy A13", place, "2026-11-21 10:40 (Asia/Shanghai)"):
        assert shown in letter.text
    (link,) = re.findall(r"http://\S+", letter.text)
    assert httpx.get(link, verify=NO_TLS).status_code == 200
    assert owner.account_id not in link


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("allow", "Somebody logged in to your account."),
        ("challenge", "was asked for further proof"),
        ("deny", "was not let in"),
    ],
)
def test_the_letter_says_what_became_of_the_login(
    service: Service, owner: Alerted, decision: str, said: str
) -> None:
    with service.work() as work:
        alert = alerts.lock(work, uuid.UUID(owner.alert_id))
        alert.decision = decision
    assert said in alert_letter(service, owner, "en").text


def test_an_answered_alert_asks_no_more(service: Service, owner: Alerted) -> None:
    owner.answer("was_me").raise_for_status()
    assert "http" not in alert_letter(service, owner, "en").text


def test_the_letter_of_an_erased_account_tells_nothing_of_it(service: Service, owner: Alerted) -> None:
    owner.wallet.delete(f"/v1/accounts/{owner.account_id}").raise_for_status()
    letter = alert_letter(service, owner, "en").text
    assert "Galaxy A13" not in letter
    assert "http" not in letter


def test_the_letter_of_a_freeze_names_the_case(service: Service, owner: Alerted) -> None:
    case_id = owner.answer("not_me").json()["case_id"]
    with service.work(write=False) as work:
        facts = cases.facts(work, owner.account_id, {"case_id": case_id}, "en")
        elsewhere = cases.facts(work, "another-account", {"case_id": case_id}, "en")
    assert facts["reference"] in render(Kind.ACCOUNT_FROZEN, "en", facts).text
    assert elsewhere == {}
