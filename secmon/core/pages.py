"""Pages of a list: newest first, by key and not by offset, so that a page stays while rows are added."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200

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
    parts = json.dumps([str(part) for part in key(shown[-1])]).encode()
    return shown, base64.urlsafe_b64encode(parts).decode().rstrip("=")
