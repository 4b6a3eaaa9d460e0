"""What could a value of this schema look like? For examples that nobody wrote by hand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secmon.web.schema_rows import JsonSchema, resolved

_BY_FORMAT = {
    "date-time": "2026-11-22T02:00:00Z",
    "date": "2026-11-22",
    "uuid": "019aa8f2-6a0e-7a5f-9b8c-0f6f7f2f7f1c",
    "uri": "https://wallet.example/hooks",
    "ipv4": "203.0.113.7",
}
_BY_NAME = {
    "account_id": "acct-1",
    "event_id": "evt-1",
    "device_id": "dev-1",
    "session_id": "s-1",
    "ip": "203.0.113.7",
    "address": "203.0.113.7",
    "country": "CN",
    "version": 7,
}
_BY_TYPE: Mapping[str, Any] = {"boolean": True, "integer": 1, "number": 0.5, "null": None}


def sample(schema: JsonSchema, components: Mapping[str, JsonSchema], name: str = "") -> Any:
    """One value that the schema allows, as telling as its name and format make it."""
    whole = resolved(schema, components)
    given = [
        *(schema[keyword] for keyword in ("example", "default") if keyword in schema),
        *whole.get("examples", ())[:1],
        *whole.get("enum", ())[:1],
    ]
    if given:
        return given[0]
    if name not in _BY_NAME and _may_be_null(schema, whole):
        return None
    return _made_up(whole, components, name)


def _made_up(whole: JsonSchema, components: Mapping[str, JsonSchema], name: str) -> Any:
    kind = _first_type(whole)
    if kind == "object":
        members = whole.get("properties", {})
        return {member: sample(inner, components, member) for member, inner in members.items()}
    if kind == "array":
        return [sample(whole.get("items", {}), components, name.rstrip("s"))]
    if whole.get("format") in _BY_FORMAT:
        return _BY_FORMAT[whole["format"]]
    return _BY_NAME.get(name, _BY_TYPE.get(kind, name.replace("_", " ") or "text"))


def _may_be_null(schema: JsonSchema, whole: JsonSchema) -> bool:
    return "null" in whole.get("type", ()) or {"type": "null"} in schema.get("anyOf", ())


def _first_type(schema: JsonSchema) -> str:
    types = schema.get("type", "object" if "properties" in schema else "string")
    return str(types[0] if isinstance(types, list) else types)
