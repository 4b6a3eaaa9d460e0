"""JSON as RFC 8259 means it, from bytes; and what no field of ours may hold, wherever it stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from secmon.core.errors import FieldError

FORBIDDEN = "Holds a forbidden character"
TWICE = "Names one member twice"


class Ambiguous(dict[str, Any]):
    """An object that names a member twice: readers differ in which of the two they take (RFC 8259 §4)."""


class Parsed(NamedTuple):
    """`suspect` documents may hold what `refused` finds; others are known not to."""

    document: Any
    suspect: bool


def parse(raw: bytes) -> Parsed:
    """The document in UTF-8; raises `ValueError` for what is none, NaN, or nested without end."""
    twice = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        twice = True
        return Ambiguous(found)

    try:
        text = raw.decode("utf-8")
        document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=members)
    except RecursionError:
        raise ValueError("nested too deep") from None
    # Only an escape can smuggle a NUL or half a surrogate pair past a strict UTF-8 decoder.
    return Parsed(document, twice or b"\\u" in raw)


def refused(document: Any, apart_from: str | None = None) -> Iterator[FieldError]:
    """Where the document names a member twice, or holds a string that no database takes.

    That is one with a NUL, or half of a surrogate pair. What the pointer `apart_from` leads to is left out.
    """
    # A stack of our own: a document may be nested as deep as the parser lets it.
    left = [("", document)]
    while left:
        path, value = left.pop()
        if path == apart_from:
            continue
        match value:
            case str():
                if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
                    yield FieldError(path, FORBIDDEN)
            case list():
                left += [(f"{path}/{index}", item) for index, item in enumerate(value)]
            case dict():
                if isinstance(value, Ambiguous):
                    yield FieldError(path, TWICE)
                left += [(path, key) for key in value]
                left += [(f"{path}/{escaped(key)}", item) for key, item in value.items()]


def escaped(key: str) -> str:
    """A member's name as a part of a pointer (RFC 6901 §3)."""
    return key.replace("~", "~0").replace("/", "~1")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
