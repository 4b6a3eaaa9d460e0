"""The entries of an account's timeline: what every domain hands over of its own past."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, true, tuple_

from secmon.core.errors import FieldError, Invalid
from secmon.database.work import Work

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `key` is unique within its source; `sentence` can be read aloud, by locale.

    `what` is a code (`login`, `account.frozen`); `facts` are JSON values.
    """

    at: datetime
    key: str
    what: str
    sentence: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """Where a source goes on: entries of `at` with a smaller key, or (`key` None) all or none of them."""

    at: datetime
    key: str | None = None
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class TimelineSource:
    """`read(work, account_id, before, limit)` answers the newest entries, ordered by (at, key) descending."""

    name: str
    read: Callable[[Work, str, Before | None, int], Sequence[Entry]]


def earlier(
    at: Any, key: Any, before: Before | None, parse: Callable[[str], Any] = str
) -> ColumnElement[bool]:
    """The WHERE of a source: its columns `at` and `key` lie before `before`; `parse` reads the key back."""
    if before is None:
        return true()
    if before.key is not None:
        return tuple_(at, key) < (before.at, parsed(before.key, parse))
    condition: ColumnElement[bool] = at <= before.at if before.inclusive else at < before.at
    return condition


def parsed(key: str, parse: Callable[[str], T]) -> T:
    """A key out of a cursor, which anybody may have made up; raises `Invalid`."""
    try:
        return parse(key)
    except ValueError:
        raise Invalid(errors=(FieldError("/cursor", "Is not a cursor of this list"),)) from None
