"""The languages that everything people read exists in."""

from __future__ import annotations

Words = tuple[str, str]

ENGLISH, CHINESE = "en", "zh-CN"
# A text's place in a pair of `Words`.
LOCALES = (ENGLISH, CHINESE)
