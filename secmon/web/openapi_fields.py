"""What JSON Schema says of the strict fields, beyond what apispec knows of their marshmallow parents."""

from __future__ import annotations

from typing import Any

from marshmallow.fields import Field
from marshmallow.validate import Regexp

from secmon.web.fields import IDENTIFIER_PATTERN, Address, Identifier


def strict_properties(_converter: object, field: Field[Any], **_: Any) -> dict[str, Any]:
    """The keywords of one field that its marshmallow validators do not say."""
    match field:
        case Identifier():
            return {"pattern": IDENTIFIER_PATTERN}
        case Address():
            formats: list[dict[str, Any]] = [{"format": "ipv4"}, {"format": "ipv6"}]
            if field.allow_none:
                formats.append({"type": "null"})
            return {"anyOf": formats}
        case Field(validators=validators):
            patterns = [str(one.regex.pattern) for one in validators if isinstance(one, Regexp)]
            return {"pattern": _ecma(patterns[0])} if patterns else {}


def _ecma(pattern: str) -> str:
    """JSON Schema wants ECMA 262, which knows no \\A and no \\Z."""
    return pattern.replace(r"\A", "^").replace(r"\Z", "$")
