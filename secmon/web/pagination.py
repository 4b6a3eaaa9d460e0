"""`?limit=` and `?cursor=`, read strictly."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from flask import request

from secmon.core.errors import FieldError, Invalid
from secmon.core.pages import DEFAULT_LIMIT, LARGEST_LIMIT, PageRequest, page

__all__ = ["PageRequest", "page", "page_request"]

_DIGITS = re.compile(r"[0-9]{1,3}", re.ASCII)


def page_request(*key_types: Callable[[str], Any]) -> PageRequest:
    """`?limit=` and `?cursor=`; `key_types` parse the parts of the sort key. Raises `Invalid`."""
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    if not _DIGITS.fullmatch(text) or not 1 <= int(text) <= LARGEST_LIMIT:
        raise Invalid(errors=(FieldError("/limit", f"Must be 1 to {LARGEST_LIMIT}"),))
    cursor = request.args.get("cursor")
    return PageRequest(int(text), None if cursor is None else _read_cursor(cursor, key_types))


def _read_cursor(cursor: str, key_types: Sequence[Callable[[str], Any]]) -> tuple[Any, ...]:
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list) or not all(
            isinstance(part, str) and "\0" not in part for part in parts
        ):
            raise ValueError
        return tuple(kind(part) for kind, part in zip(key_types, parts, strict=True))
    except (ValueError, binascii.Error, UnicodeError, RecursionError, OverflowError):
        raise Invalid(errors=(FieldError("/cursor", "Is not a cursor of this list"),)) from None
