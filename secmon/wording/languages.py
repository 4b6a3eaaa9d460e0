"""The languages that everything people read exists in, side by side."""

from __future__ import annotations

from collections.abc import Callable

# One text in each of `LOCALES`.
Words = tuple[str, str]

ENGLISH, CHINESE = "en", "zh-CN"
LOCALES = (ENGLISH, CHINESE)


def language_of(locale: str) -> int:
    """A text's place in a pair of `Words`: Chinese for any `zh` locale, else English."""
    return LOCALES.index(CHINESE if locale.lower().startswith("zh") else ENGLISH)


def in_both(told: Callable[[int], str]) -> dict[str, str]:
    """A text by locale; `told` is it in the language of that place."""
    return {locale: told(language) for language, locale in enumerate(LOCALES)}
