"""What JSON Schema says of fields, beyond what apispec knows of their marshmallow parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from marshmallow.fields import Field, List
from marshmallow.validate import OneOf, Regexp

from secmon.openapi.glossary import GLOSSARY
from secmon.web.fields import IDENTIFIER_PATTERN, Address, Identifier

_SCHEMAS = "#/components/schemas/"


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


def in_order(_converter: object, field: Field[Any], *, ret: Mapping[str, Any], **_: Any) -> dict[str, Any]:
    """A choice among a set, sorted: sets of strings have another order in every process."""
    if not any(isinstance(one, OneOf) and isinstance(one.choices, Set) for one in field.validators):
        return {}
    return {"enum": sorted(ret["enum"], key=lambda value: (value is None, value or ""))}


def described(_converter: object, field: Field[Any], **_: Any) -> dict[str, Any]:
    """The description of a field that brings none; what a list holds is described by the list."""
    if "description" in field.metadata or isinstance(field.parent, List):
        return {}
    return known_as(str(field.name))


def known_as(name: str) -> dict[str, Any]:
    """The keyword that describes whatever has this name; none where nobody wrote down what it means."""
    return {"description": GLOSSARY[name]} if name in GLOSSARY else {}


def open_answers(document: Mapping[str, Any]) -> None:
    """Lets answers have fields that this document does not know: only what is sent to us is refused for them.

    So a client that checks answers by the document of its day goes on working when they get another field.
    """
    schemas = document["components"]["schemas"]
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    for name in schemas.keys() - _reached([one.get("requestBody") for one in operations], schemas):
        _open(schemas[name])


def name_titled(document: Mapping[str, Any]) -> None:
    """Lets each schema with a `title` stand once, as a component of that name.

    Where requests and answers differ, because answers are open, that of answers is called `…Response`.
    """
    components = document["components"]["schemas"]
    for part in (*list(components.values()), document["paths"]):
        _name_inner(part, components)


def _name_inner(part: Any, components: dict[str, Any]) -> None:
    match part:
        case dict():
            for key, inner in part.items():
                _name_inner(inner, components)
                if isinstance(inner, dict) and isinstance(inner.get("title"), str):
                    reference = _SCHEMAS + _named(inner, components)
                    part[key] = {"$ref": reference, "description": inner["description"]}
        case list():
            for inner in part:
                _name_inner(inner, components)


def _named(schema: Mapping[str, Any], components: dict[str, Any]) -> str:
    title: str = schema["title"]
    name = title if "additionalProperties" in schema else f"{title}Response"
    if components.setdefault(name, schema) != schema:
        raise ValueError(f"two schemas are called {name}")
    return name


def _open(schema: Any) -> None:
    match schema:
        case dict():
            if schema.get("additionalProperties") is False:
                del schema["additionalProperties"]
            for inner in schema.values():
                _open(inner)
        case list():
            for inner in schema:
                _open(inner)


def _reached(found: Any, schemas: Mapping[str, Any]) -> set[str]:
    """The names of all schemas that something refers to, over however many others."""
    names: set[str] = set()
    waiting = [found]
    while waiting:
        new = {name for name in _references(waiting.pop()) if name not in names}
        names |= new
        waiting += [schemas[name] for name in new]
    return names


def _references(found: Any) -> Iterator[str]:
    match found:
        case {"$ref": str(reference)} if reference.startswith(_SCHEMAS):
            yield reference.removeprefix(_SCHEMAS)
        case dict():
            for inner in found.values():
                yield from _references(inner)
        case list():
            for inner in found:
                yield from _references(inner)


def _ecma(pattern: str) -> str:
    """JSON Schema wants ECMA 262, which knows no \\A and no \\Z."""
    return pattern.replace(r"\A", "^").replace(r"\Z", "$")
