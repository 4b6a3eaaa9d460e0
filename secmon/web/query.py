"""Query strings, read strictly: each parameter once, known and fitting, or 422 with a pointer to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import request
from marshmallow import Schema

from secmon.core.errors import FieldError, Invalid
from secmon.core.pages import DEFAULT_LIMIT, LARGEST_LIMIT, PageRequest, read_cursor
from secmon.web import body, strict_json

# Bytes of a query that says one thing: those are remembered.
SHORT = 32
PAGE_PARAMETERS = ("limit", "cursor")
_DIGITS = re.compile(r"[0-9]{1,3}", re.ASCII)


def query_arguments(schema: Schema | None, *, pages: bool) -> dict[str, Any]:
    """`{"query": …}` as `schema` loads it; `{}` for a route that takes none, and was given none.

    The parameters of `pages` are let through to whoever turns them: `page_request`.
    """
    if schema is None and not request.query_string:
        return {}
    if len(request.query_string) <= SHORT:
        return {name: dict(loaded) for name, loaded in _short(schema, request.query_string, pages).items()}
    return _arguments(schema, pages=pages)


@lru_cache(maxsize=1024)
def _short(schema: Schema | None, _query_string: bytes, pages: bool) -> dict[str, dict[str, Any]]:
    """Of the request at hand; the few that gates are asked with come again and again."""
    return _arguments(schema, pages=pages)


def _arguments(schema: Schema | None, *, pages: bool) -> dict[str, dict[str, Any]]:
    given = {name: values[0] for name, values in request.args.lists()}
    refused = [
        FieldError(f"/{name}", "Is given twice") for name, values in request.args.lists() if len(values) > 1
    ]
    refused += strict_json.refused(given)
    if pages:
        given = {name: value for name, value in given.items() if name not in PAGE_PARAMETERS}
    if schema is None:
        refused += [FieldError(f"/{name}", "Unknown field.") for name in given]
    if refused:
        raise Invalid(errors=tuple(refused))
    return {} if schema is None else {"query": body.load(schema, given)}


def page_request(*key_types: Callable[[str], Any]) -> PageRequest:
    """`?limit=` and `?cursor=`; `key_types` parse the parts of the sort key. Raises `Invalid`."""
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    if not _DIGITS.fullmatch(text) or not 1 <= int(text) <= LARGEST_LIMIT:
        raise Invalid(errors=(FieldError("/limit", f"Must be 1 to {LARGEST_LIMIT}"),))
    cursor = request.args.get("cursor")
    if cursor is None:
        return PageRequest(int(text))
    try:
        return PageRequest(int(text), read_cursor(cursor, key_types))
    except (ValueError, OverflowError, RecursionError):
        raise Invalid(errors=(FieldError("/cursor", "Is not a cursor of this list"),)) from None
