"""The page behind an alert's link, over real HTTP: what it shows, and that only its own form answers."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest

from tests.alerts.owner import alerted
from tests.pages.browser import Form, Page
from tests.service import Service


def test_the_page_names_device_place_and_time(page: Page) -> None:
    answer = page.open(**{"Accept-Language": "en"})
    assert answer.status_code == 200
    for shown in ("Was this you?", "Galaxy A13", "Lagos, Nigeria", "2026-11-21 10:40 (Asia/Shanghai)"):
        assert shown in answer.text
    assert Form(answer.text).buttons == ["was_me", "not_me"]


def test_the_time_is_told_by_the_owners_own_clock(page: Page) -> None:
    path = f"/v1/accounts/{page.owner.account_id}"
    page.owner.wallet.put(path, json={"time_zone": "Asia/Urumqi"}).raise_for_status()
    assert "2026-11-21 08:40 (Asia/Urumqi)" in page.open().text


def test_the_page_speaks_the_owners_language_or_the_browsers(page: Page) -> None:
    assert '<html lang="zh-CN">' in page.open().text
    assert "Was this you?" in page.open(**{"Accept-Language": "en-GB,en;q=0.9"}).text
    page.owner.wallet.put(f"/v1/accounts/{page.owner.account_id}", json={"locale": "en"}).raise_for_status()
    assert "Was this you?" in page.open().text
    for wished in ("zh-CN", "zh", "zh-Hans-SG,en;q=0.5", "zh-TW", "fr;q=1,zh-HK;q=0.9,en;q=0.8"):
        assert "是您本人登录吗？" in page.open(**{"Accept-Language": wished}).text
    for no_wish in ("*", "fr, *;q=0.5", "zh;q=0", "de"):
        assert "Was this you?" in page.open(**{"Accept-Language": no_wish}).text


def test_A45_opening_the_link_changes_nothing(page: Page) -> None:
    for _ in range(3):
        assert page.open().status_code == 200
        head = page.browser.head(page.path)
        assert (head.status_code, head.content) == (200, b"")
    assert page.owner.alert()["answer"] is None
    assert page.owner.standing()["standing"] == "active"
    assert page.answer("was_me").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_A45_no_other_method_does_anything(page: Page, method: str) -> None:
    assert page.browser.request(method, page.path).status_code == 405
    assert page.owner.alert()["answer"] is None


def test_A45_a_scanner_that_posts_what_it_finds_in_the_address_answers_nothing(page: Page) -> None:
    assert page.browser.post(page.path, data={"answer": "not_me"}).status_code == 422
    forged = page.browser.post(page.path, data={"answer": "not_me", "form_token": "x" * 43})
    assert forged.status_code == 403
    assert page.owner.alert()["answer"] is None


@pytest.mark.parametrize(
    "sent",
    [{}, {"answer": "maybe"}, {"answer": "not_me"}, {"answer": "not_me", "form_token": "", "next": "x"}],
)
def test_a_form_that_is_not_whole_is_answered_in_the_owners_language_and_asks_again(
    page: Page, sent: dict[str, str]
) -> None:
    page.owner.wallet.put(f"/v1/accounts/{page.owner.account_id}", json={"locale": "en"}).raise_for_status()
    answer = page.browser.post(page.path, data=sent)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "text/html; charset=utf-8")
    assert "Please answer once more" in answer.text
    assert "Lagos, Nigeria" in answer.text
    chinese = page.browser.post(page.path, data=sent, headers={"Accept-Language": "zh-CN"})
    assert (chinese.status_code, "请重新答复" in chinese.text) == (422, True)
    assert page.owner.alert()["answer"] is None
    assert page.send("was_me", Form(answer.text)).status_code == 200
    assert page.browser.post(page.path, data=sent).status_code == 410


def test_R27_a_form_on_another_site_answers_nothing(page: Page) -> None:
    answer = page.answer("not_me", **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert page.owner.standing()["standing"] == "active"
    assert page.answer("not_me", **{"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_not_me_shows_the_case_and_what_happens_next(service: Service, page: Page) -> None:
    answer = page.answer("not_me", **{"Accept-Language": "en"})
    assert answer.status_code == 200
    assert page.owner.standing()["standing"] == "frozen"
    with service.client("agent") as agent:
        case = agent.get(f"/v1/cases/{page.owner.alert()['case_id']}").json()
        history = agent.get(f"/v1/cases/{case['case_id']}/timeline").json()["items"]
    assert f"<strong>{case['reference']}</strong>" in answer.text
    assert "We verify that you are the owner" in answer.text
    assert case["channel"] == "email"
    assert "the owner" in {entry["facts"].get("by") for entry in history}


def test_was_me_says_thank_you_and_trusts_the_device(page: Page) -> None:
    assert "该设备已设为可信" in page.answer("was_me").text
    assert page.owner.log_in_again(minutes=90)["device"]["recognition"] == "known"


def test_R26_a_link_works_once(page: Page) -> None:
    form = Form(page.open().text)
    assert page.send("was_me", form).status_code == 200
    for said in ("was_me", "not_me"):
        assert page.send(said, form, **{"Accept-Language": "en"}).status_code == 410
    again = page.open(**{"Accept-Language": "en"})
    assert again.status_code == 410
    assert "answer to this question is on file" in again.text
    assert Form(again.text).buttons == []
    assert page.owner.alert()["answer"] == "was_me"


def test_the_same_form_sent_again_shows_the_case_again(service: Service, page: Page) -> None:
    form = Form(page.open().text)
    first, again = (page.send("not_me", form, **{"Accept-Language": "en"}) for _ in range(2))
    (reference,) = re.findall(r"<strong>([^<]+)</strong>", first.text)
    assert (again.status_code, reference in again.text) == (200, True)
    assert page.send("was_me", form).status_code == 410
    assert page.open().status_code == 410
    with service.client("agent") as agent:
        assert len(agent.get(f"/v1/accounts/{page.owner.account_id}/freezes").json()["items"]) == 1


def test_a_link_is_used_up_by_an_answer_in_the_app(page: Page) -> None:
    form = Form(page.open().text)
    page.owner.answer("was_me").raise_for_status()
    assert page.send("not_me", form).status_code == 410
    assert page.owner.standing()["standing"] == "active"


def test_A38_an_expired_link_answers_nothing(service: Service, page: Page) -> None:
    form = Form(page.open().text)
    service.clock.advance(timedelta(hours=24))
    for answer in (page.open(**{"Accept-Language": "en"}), page.send("not_me", form)):
        assert answer.status_code == 410
    assert "expired" in page.open(**{"Accept-Language": "en"}).text
    assert page.owner.alert()["answer"] is None
    # The alert itself can still be answered in the app.
    assert page.owner.answer("not_me").status_code == 200


def test_a_made_up_link_is_politely_unknown(page: Page) -> None:
    made_up = page.browser.get("/alerts/AAAA", headers={"Accept-Language": "en"})
    assert made_up.status_code == 404
    assert made_up.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "This link does not work" in made_up.text
    answer = page.browser.post("/alerts/AAAA", data={"answer": "was_me", "form_token": "x"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_the_link_of_an_erased_account_is_unknown(page: Page) -> None:
    form = Form(page.open().text)
    page.owner.wallet.delete(f"/v1/accounts/{page.owner.account_id}").raise_for_status()
    assert page.open().status_code == 404
    assert page.send("not_me", form).status_code == 404
    assert page.owner.wallet.get(f"/v1/accounts/{page.owner.account_id}/standing").status_code == 404


def test_a_frozen_account_trusts_nothing_from_the_page(page: Page) -> None:
    freeze = {"reason": "theft_reported", "channel": "hotline"}
    page.owner.wallet.post(f"/v1/accounts/{page.owner.account_id}/freeze", json=freeze).raise_for_status()
    refused = page.answer("was_me", **{"Accept-Language": "en"})
    assert refused.status_code == 409
    assert "no device can be trusted" in refused.text
    assert page.answer("not_me").status_code == 200


def test_R27_the_page_is_neither_framed_nor_kept_nor_told_of(page: Page) -> None:
    answers = [page.open() for _ in range(2)]
    for answer in [*answers, page.browser.get("/alerts/AAAA"), page.answer("not_me")]:
        policy = dict(
            part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
        assert (policy["form-action"], policy["base-uri"]) == ("'self'", "'none'")
        nonce = re.search(r'<style nonce="([\w-]+)">', answer.text)
        assert nonce is not None
        assert policy["style-src"] == f"'nonce-{nonce[1]}'"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers
        assert Form(answer.text).scripts == 0
    first, second = (answer.headers["Content-Security-Policy"] for answer in answers)
    assert first != second


def test_A28_markup_in_a_devices_name_is_shown_as_text(
    service: Service, wallet: httpx.Client, account_id: str, browser: httpx.Client
) -> None:
    hostile = "UWallet/5.2.0 (Android 13; <script>alert(1)</script>; en_NG)"
    owner = alerted(wallet, account_id, user_agent=hostile)
    shown = Page(service, owner, browser).open()
    assert Form(shown.text).scripts == 0
