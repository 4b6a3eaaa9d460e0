"""Pages of a list: newest first, by key and not by offset, so that a page stays while rows are added."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`limit` rows after the key `after` (the sort key of the last row seen), or the first ones."""

    limit: int = DEFAULT_LIMIT
    after: tuple[Any, ...] | None = None


def page(
    rows: Sequence[T], wanted: PageRequest, key: Callable[[T], Sequence[Any]]
) -> tuple[list[T], str | None]:
    """The rows to show and the next cursor; `rows` holds one row more than the limit where there is one."""
    if len(rows) <= wanted.limit:
        return list(rows), None
    shown = list(rows[: wanted.limit])
    parts = json.dumps([_text(part) for part in key(shown[-1])]).encode()
    return shown, base64.urlsafe_b64encode(parts).decode().rstrip("=")


def read_cursor(cursor: str, key_types: Sequence[Callable[[str], Any]]) -> tuple[Any, ...]:
    """The sort key in a cursor, its parts parsed by `key_types`.

    It came from outside, and may be anything. Raises `ValueError`, `OverflowError` or `RecursionError`.
    """
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if not isinstance(parts, list) or not all(isinstance(part, str) and "\0" not in part for part in parts):
        raise ValueError("no list of texts")
    return tuple(kind(part) for kind, part in zip(key_types, parts, strict=True))


def instant(text: str) -> datetime:
    """A part of a key that is an aware instant; raises `ValueError`."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("a naive time")
    return value


def whole(text: str) -> int:
    """A part of a key that is a whole number, as a BIGINT holds it; raises `ValueError`."""
    if not _DIGITS.fullmatch(text):
        raise ValueError("not a whole number")
    return int(text)


def _text(part: Any) -> str:
    return part.isoformat() if isinstance(part, datetime) else str(part)
