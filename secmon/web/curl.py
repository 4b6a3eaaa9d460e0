"""An operation of the document as a `curl` line that works when it is pasted. Pure."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from secmon.web.samples import sample
from secmon.web.schema_rows import JsonSchema

FORM = "application/x-www-form-urlencoded"
_NEXT_LINE = " \\\n  "


def curl(
    method: str, path: str, described: Mapping[str, Any], components: Mapping[str, JsonSchema], base: str
) -> str:
    """`described` is an Operation Object with its parameters resolved; `base` the service's public URL."""
    for parameter in described.get("parameters", ()):
        if parameter["in"] == "path":
            value = sample(parameter["schema"], components, parameter["name"])
            path = path.replace(f"{{{parameter['name']}}}", str(value))
    parts = ["curl" if method == "GET" else f"curl -X {method}"]
    parts[0] += " " + shlex.quote(base + path)
    if described["security"]:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    needed = [one for one in described.get("parameters", ()) if one["name"] == "If-Match"]
    parts += [_header(one["name"], one["example"]) for one in needed]
    parts += _body(described.get("requestBody", {}).get("content", {}))
    return _NEXT_LINE.join(parts)


def _body(content: Mapping[str, Any]) -> list[str]:
    for kind, shown in content.items():
        example = shown["example"]
        if kind == FORM:
            fields = urlencode(example, safe=":")
            return ['-u "$CLIENT_ID:$CLIENT_SECRET"', f"-d {shlex.quote(fields)}"]
        text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
        return [_header("Content-Type", kind), f"-d {shlex.quote(text)}"]
    return []


def _header(name: str, value: str) -> str:
    return "-H " + shlex.quote(f"{name}: {value}")
