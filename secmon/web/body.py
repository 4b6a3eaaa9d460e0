"""Strict JSON in: what cannot be read is 400, what does not fit is 422 with a pointer to the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from secmon.core.errors import FieldError, Invalid
from secmon.web import receiving, strict_json
from secmon.web.strict_json import Parsed, escaped

JSON_TYPE = "application/json"


# What a schema would load of a body, at once; None where the schema has to look itself.
Quick = Callable[[bytes], dict[str, Any] | None]


def loaded(schema: Schema, quick: Quick | None = None) -> dict[str, Any]:
    """The request's body through `schema`; raises as `json_body` and `load` do."""
    if not is_json():
        raise UnsupportedMediaType
    raw = receiving.whole()
    found = None if quick is None else quick(raw)
    if found is not None:
        return found
    parsed = parse(raw)
    require_clean(parsed)
    return load(schema, parsed.document)


def json_body() -> Any:
    """The request's JSON document: 415 for another content type, 413 for too much of it, 400 for no JSON."""
    parsed = received()
    require_clean(parsed)
    return parsed.document


def is_json() -> bool:
    """Whether the request says so of its body."""
    # Nearly all spell it so; werkzeug reads the other spellings, and takes longer than to read the body.
    return request.environ.get("CONTENT_TYPE") == JSON_TYPE or request.mimetype == JSON_TYPE


def received() -> Parsed:
    """As `json_body`, of which the caller judges for itself what no field may hold."""
    if not is_json():
        raise UnsupportedMediaType
    return parse(receiving.whole())


def parse(raw: bytes) -> Parsed:
    """RFC 8259 JSON in UTF-8; no NaN, no endless nesting."""
    try:
        return strict_json.parse(raw)
    except ValueError:
        raise BadRequest from None


def require_clean(parsed: Parsed, apart_from: str | None = None) -> None:
    """Raises `Invalid` for what no field may hold, other than below the pointer `apart_from`."""
    if parsed.suspect and (found := tuple(strict_json.refused(parsed.document, apart_from))):
        raise Invalid(errors=found)


def load(schema: Schema, document: Any) -> dict[str, Any]:
    """`document` through `schema`; raises `Invalid` with one pointer a field."""
    try:
        loaded: dict[str, Any] = schema.load(document)
    except ValidationError as error:
        raise Invalid(errors=field_errors(error)) from None
    return loaded


def field_errors(error: ValidationError, prefix: str = "") -> tuple[FieldError, ...]:
    """marshmallow's tree of messages as a flat list of pointers and sentences."""
    return tuple(FieldError(pointer, text) for pointer, text in _flatten(error.messages, prefix))


def _flatten(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            yield from _flatten(value, path if key == "_schema" else f"{path}/{escaped(str(key))}")
    elif isinstance(messages, list):
        for message in messages:
            yield from _flatten(message, path)
    else:
        yield path, str(messages)
