"""Whatever the page says, it says in both languages."""

from __future__ import annotations

import pytest

from secmon.web.locale import LOCALES
from secmon.wording.alert_page import LABELS, TEXTS, Notice


@pytest.mark.parametrize("locale", LOCALES)
def test_every_notice_has_its_words(locale: str) -> None:
    assert set(TEXTS[locale]) == set(Notice)
    assert all(text.title and text.paragraphs for text in TEXTS[locale].values())


def test_the_languages_say_as_much_as_each_other() -> None:
    assert LABELS["zh-CN"].keys() == LABELS["en"].keys()
    for notice in Notice:
        chinese, english = TEXTS["zh-CN"][notice], TEXTS["en"][notice]
        assert (len(chinese.paragraphs), len(chinese.steps)) == (len(english.paragraphs), len(english.steps))
