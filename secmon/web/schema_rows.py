"""A JSON Schema as the rows of a table that a person reads. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JsonSchema = Mapping[str, Any]
# As deep as a table stays readable; nothing here is nested deeper.
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One member: `name` is dotted where it is nested, `kind` its type, `note` what else holds for it."""

    name: str
    kind: str
    required: bool
    note: str


def resolved(schema: JsonSchema, components: Mapping[str, JsonSchema]) -> JsonSchema:
    """The schema behind a `$ref`, also behind one that may be null."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        return resolved(options[0], components)
    reference = schema.get("$ref")
    return schema if reference is None else components[reference.rpartition("/")[2]]


def rows(schema: JsonSchema, components: Mapping[str, JsonSchema], prefix: str = "") -> Iterator[Row]:
    """The members of an object, each followed by those of what it holds."""
    whole = resolved(schema, components)
    for name, member in whole.get("properties", {}).items():
        inner = resolved(member, components)
        path = f"{prefix}{name}"
        yield Row(path, _kind(member, components), name in whole.get("required", ()), _note(member))
        if path.count(".") < DEEPEST:
            item = resolved(inner.get("items", {}), components)
            suffix = "[]." if item else "."
            yield from rows(item or inner, components, path + suffix)


def _kind(schema: JsonSchema, components: Mapping[str, JsonSchema]) -> str:
    inner = resolved(schema, components)
    types = inner.get("type", "any")
    names = list(types) if isinstance(types, list) else [types]
    if any(option.get("type") == "null" for option in schema.get("anyOf", ())):
        names.append("null")
    if "array" in names:
        names[names.index("array")] = f"list of {_kind(inner.get('items', {}), components)}"
    elif "format" in inner:
        names[0] = inner["format"]
    return " or ".join(names)


def _note(schema: JsonSchema) -> str:
    notes = [schema["description"]] if "description" in schema else []
    if "enum" in schema:
        notes.append(" · ".join(str(value) for value in schema["enum"] if value is not None))
    if "minimum" in schema and "maximum" in schema:
        notes.append(f"{schema['minimum']} to {schema['maximum']}")
    if "maxLength" in schema:
        notes.append(f"{schema.get('minLength', 0)} to {schema['maxLength']} characters")
    if "maxItems" in schema:
        notes.append(f"{schema.get('minItems', 0)} to {schema['maxItems']} items")
    if "pattern" in schema:
        notes.append(schema["pattern"])
    if "default" in schema:
        notes.append(f"{schema['default']} if left out")
    return "; ".join(notes)
