"""The link in a letter, by the address that it went to: three days old, bound just now, replaced (R39)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import httpx

from secmon.worker.duties import delivering
from tests.mail.smtp_server import ACCEPTED
from tests.mail.test_replaced_address import ALERT, OWNER, THIEF, Mailed, mailed
from tests.pages.browser import Form
from tests.service import NO_TLS

__all__ = ["mailed"]
ASKS, FREEZES = "Was this you? Answer here", "If this was not you, freeze your account here"


def letter_to(mailed: Mailed, recipient: str) -> str:
    (text,) = [
        str(body.get_content())
        for to, letter in mailed.smtp.letters
        if (to, letter["Subject"]) == (recipient, ALERT) and (body := letter.get_body(("plain",)))
    ]
    return text


def buttons(mailed: Mailed, text: str) -> list[str]:
    """What the page behind the letter's link lets its reader say."""
    (path,) = re.findall(r"https?://[^/\s]+(/alerts/\S+)", text)
    page = httpx.get(f"{mailed.service.url}{path}", verify=NO_TLS).raise_for_status()
    return Form(page.text).buttons


def test_A62_a_letter_to_an_address_of_three_days_asks(mailed: Mailed) -> None:
    mailed.put(OWNER)
    mailed.service.clock.advance(timedelta(hours=72))
    mailed.alert()
    mailed.deliver()
    text = letter_to(mailed, OWNER)
    assert (ASKS in text, FREEZES in text) == (True, False)
    assert buttons(mailed, text) == ["was_me", "not_me"]


def test_a_letter_without_links_sends_its_reader_to_the_app(mailed: Mailed) -> None:
    """Where market rules want none (`SECMON_MAIL_LINKS=off`)."""
    mailed.put(OWNER)
    mailed.service.clock.advance(timedelta(hours=72))
    mailed.alert()
    duty = delivering(replace(mailed.service.settings, mail_links=False), mailed.service.database)
    duty.drain(mailed.service.database)
    duty.stop()
    text = letter_to(mailed, OWNER)
    assert "http" not in text
    assert "Open the wallet app yourself" in text


def test_A62_a_letter_to_a_young_address_can_only_freeze(mailed: Mailed) -> None:
    mailed.put(OWNER)
    mailed.service.clock.advance(timedelta(hours=71))
    mailed.alert()
    mailed.deliver()
    text = letter_to(mailed, OWNER)
    assert (ASKS in text, FREEZES in text) == (False, True)
    assert buttons(mailed, text) == ["not_me"]


def test_A62_a_letter_that_follows_to_the_replaced_address_can_only_freeze(mailed: Mailed) -> None:
    mailed.put(OWNER)
    mailed.service.clock.advance(timedelta(hours=72))
    mailed.smtp.says = "451 not now"
    mailed.alert()
    mailed.deliver()
    mailed.service.clock.advance(timedelta(minutes=10))
    mailed.put(THIEF)
    # Longer than the thief's address needs to be of age, which the owner's no longer is.
    mailed.service.clock.advance(timedelta(hours=73))
    mailed.smtp.says = ACCEPTED
    mailed.deliver()
    text = letter_to(mailed, OWNER)
    assert (ASKS in text, FREEZES in text) == (False, True)
    assert buttons(mailed, text) == ["not_me"]
