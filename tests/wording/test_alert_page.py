"""Whatever the page says, it says in both languages."""

from __future__ import annotations

import pytest

from secmon.wording.alert_page import LABELS, TEXTS, Notice, labels, text
from secmon.wording.languages import LOCALES


def test_every_notice_has_its_words() -> None:
    assert set(TEXTS) == set(Notice)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("notice", Notice)
def test_a_page_is_in_one_language(notice: Notice, locale: str) -> None:
    told = text(notice, locale)
    assert told.title
    assert told.paragraphs
    assert labels(locale).keys() == LABELS.keys()
    in_chinese = [any(letter >= "\u4e00" for letter in one) for one in (told.title, *told.paragraphs)]
    assert in_chinese == [locale == "zh-CN"] * len(in_chinese)
