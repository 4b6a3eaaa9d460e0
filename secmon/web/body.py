"""Strict JSON in: what cannot be read is 400, what does not fit is 422 with a pointer to the field."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from secmon.core.errors import FieldError, Invalid

JSON_TYPE = "application/json"
FORBIDDEN = "Holds a forbidden character"


def json_body() -> Any:
    """The request's JSON document: 415 for another content type, 413 for too much of it, 400 for no JSON."""
    if request.mimetype != JSON_TYPE:
        raise UnsupportedMediaType
    raw = request.get_data()
    # Where no length is announced, werkzeug cuts the body off at the limit and says nothing.
    if request.content_length is None and len(raw) >= (request.max_content_length or math.inf):
        raise RequestEntityTooLarge
    return parse(raw)


def parse(raw: bytes) -> Any:
    """RFC 8259 JSON in UTF-8; no NaN, no endless nesting, no character that a database refuses."""
    try:
        document = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadRequest from None
    # Only an escape can smuggle a NUL or half a surrogate pair past a strict UTF-8 decoder.
    if b"\\u" in raw:
        found = tuple(FieldError(pointer, FORBIDDEN) for pointer in unstorable(document))
        if found:
            raise Invalid(errors=found)
    return document


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
            yield from _flatten(value, path if key == "_schema" else f"{path}/{_escape(str(key))}")
    elif isinstance(messages, list):
        for message in messages:
            yield from _flatten(message, path)
    else:
        yield path, str(messages)


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def unstorable(document: Any) -> Iterator[str]:
    """Pointers to the strings that no database takes: with a NUL, or half of a surrogate pair."""
    # A stack of our own: a document may be nested as deep as the parser lets it.
    left = [("", document)]
    while left:
        path, value = left.pop()
        match value:
            case str():
                if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
                    yield path
            case list():
                left += [(f"{path}/{index}", item) for index, item in enumerate(value)]
            case dict():
                left += [(path, key) for key in value]
                left += [(f"{path}/{_escape(key)}", item) for key, item in value.items()]
