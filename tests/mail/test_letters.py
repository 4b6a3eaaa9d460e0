"""What owners are told, in both languages."""

import re

import pytest

from secmon.mail.rendering import render
from secmon.outbox.kinds import Kind
from secmon.wording.languages import CHINESE, ENGLISH, LOCALES
from secmon.wording.messages import LETTERS

FACTS = {
    "reference": "SC-2026-0001",
    "note": "Please call us.",
    "second_factor": "totp",
    "credential": "email",
    "left": "2",
    "age_days": "90",
    "device": "Xiaomi 2201123C",
    "place": "Beijing",
    "time": "2026-11-22 10:00",
    "link": "https://secmon.example/alerts/token",
}
CJK = re.compile(r"[\u4e00-\u9fff]")
THE_WALLETS_BUSINESS = {Kind.SESSIONS_REVOKE, Kind.CASE_OPENED}


def test_owners_are_told_of_everything_but_the_wallets_own_business():
    assert set(Kind) - LETTERS.keys() == THE_WALLETS_BUSINESS


@pytest.mark.parametrize("kind", sorted(LETTERS))
@pytest.mark.parametrize("locale", LOCALES)
def test_letters_are_in_the_owners_language_and_complete(kind: Kind, locale: str):
    letter = render(kind, locale, FACTS)
    assert "{" not in letter.text + letter.subject
    assert bool(CJK.search(letter.text)) == (locale == CHINESE)
    assert f'lang="{locale}"' in letter.html


@pytest.mark.parametrize("kind", sorted(LETTERS.keys() - {Kind.LOGIN_ALERT}))
def test_only_an_alert_has_a_link(kind: Kind):
    letter = render(kind, ENGLISH, FACTS)
    assert "http" not in letter.text + letter.html


def test_the_alerts_link_is_in_text_and_html():
    letter = render(Kind.LOGIN_ALERT, ENGLISH, FACTS)
    assert FACTS["link"] in letter.text
    assert f'href="{FACTS["link"]}"' in letter.html


def test_a_paragraph_without_its_fact_is_left_out():
    letter = render(Kind.ACCOUNT_FROZEN, ENGLISH, {})
    assert "case" not in letter.text
    assert "frozen" in letter.text


def test_A28_markup_in_facts_is_shown_as_text():
    letter = render(Kind.LOGIN_ALERT, ENGLISH, {**FACTS, "device": '<script>alert("x")</script>{link}'})
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert '<script>alert("x")</script>{link}' in letter.text


def test_a_note_keeps_its_lines_and_stays_text():
    letter = render(Kind.CASE_UPDATED, ENGLISH, {**FACTS, "note": "One line\n<b>another</b> {link}"})
    assert "One line\n<b>another</b> {link}" in letter.text
    assert "One line<br>\n&lt;b&gt;another&lt;/b&gt; {link}" in letter.html
    assert letter.subject == f"A message about your case {FACTS['reference']}"


def test_after_a_theft_the_second_factor_is_to_be_set_up_again():
    assert "authenticator app" in render(Kind.ACCOUNT_UNFROZEN, ENGLISH, {"second_factor": "totp"}).text
    assert "authenticator app" not in render(Kind.ACCOUNT_UNFROZEN, ENGLISH, {}).text


def test_an_unknown_language_is_answered_in_chinese():
    assert CJK.search(render(Kind.ACCOUNT_FROZEN, "de", {}).text)
