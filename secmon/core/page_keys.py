"""Parsers for the parts of a page's sort key: what a cursor holds came from outside, and may be anything."""

from __future__ import annotations

import re
from datetime import datetime

_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)


def instant(text: str) -> datetime:
    """An aware instant; raises `ValueError`."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("a naive time")
    return value


def whole(text: str) -> int:
    """A whole number that a BIGINT holds; raises `ValueError`."""
    if not _DIGITS.fullmatch(text):
        raise ValueError("not a whole number")
    return int(text)
