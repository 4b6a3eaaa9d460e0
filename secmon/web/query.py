"""Strict query strings: each parameter once, known and fitting, or 422 with a pointer to it."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import Schema

from secmon.core.errors import FieldError, Invalid
from secmon.web import body, strict_json

PAGE_PARAMETERS = ("limit", "cursor")


def query_arguments(schema: Schema | None, *, pages: bool) -> dict[str, Any]:
    """`{"query": …}` as `schema` loads it; `{}` for a route that takes none, and was given none.

    The parameters of `pages` are let through to whoever turns them: `pagination.page_request`.
    """
    if schema is None and not request.query_string:
        return {}
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
