"""A route's `leads_to` as OpenAPI links: what may be asked next, with what of this answer. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from secmon.web.body import JSON_TYPE

Document = Mapping[str, Any]
JsonSchema = Mapping[str, Any]


class NoSuchLink(Exception):
    """A route leads to one that there is not, or that needs more than its answer holds."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Where values come from: the arguments of a request's path, its answer, the answer's ETag."""

    path_arguments: frozenset[str]
    members: Mapping[str, str]
    has_etag: bool

    def path_argument(self, name: str) -> str | None:
        """The expression that finds it; the caller's own path first, which is never empty."""
        if name in self.path_arguments:
            return f"$request.path.{name}"
        return self.member(name)

    def member(self, name: str) -> str | None:
        pointer = self.members.get(name)
        return None if pointer is None else f"$response.body#{pointer}"


def add_links(document: Document) -> None:
    """Completes the JSON answers of each operation that leads somewhere."""
    found = {described["operationId"]: (path, described) for path, described in _operations(document)}
    components = document["components"]["schemas"]
    for name, (path, described) in found.items():
        for target in described.pop("x-leads-to", ()):
            if target not in found:
                raise NoSuchLink(f"{name} leads to {target}, which is no operation")
            for answer, schema in _answers(described):
                members = dict(reversed(list(_members(schema, components))))
                source = _Source(frozenset(_arguments(path)), members, "ETag" in answer["headers"])
                link = _link(*found[target], source, components)
                if link is None:
                    raise NoSuchLink(f"{name} does not answer what {target} needs")
                answer.setdefault("links", {})[target] = {"operationId": target, **link}


def _operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in item.keys() - {"parameters"}:
            yield path, item[method]


def _answers(described: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], JsonSchema]]:
    for status, answer in described["responses"].items():
        schema = answer.get("content", {}).get(JSON_TYPE, {}).get("schema")
        if status < "300" and schema is not None:
            yield answer, schema


def _arguments(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _link(
    path: str, target: Mapping[str, Any], source: _Source, components: Mapping[str, JsonSchema]
) -> dict[str, Any] | None:
    """The parameters and the body's members that can be given; None where the path is not filled."""
    parameters = {name: source.path_argument(name) for name in _arguments(path)}
    if None in parameters.values():
        return None
    if source.has_etag and {"$ref": "#/components/parameters/IfMatch"} in target.get("parameters", ()):
        parameters["If-Match"] = "$response.header.ETag"
    body = {name: found for name in _wanted(target, components) if (found := source.member(name))}
    return {"parameters": parameters, **({"requestBody": body} if body else {})}


def _wanted(target: Mapping[str, Any], components: Mapping[str, JsonSchema]) -> Iterator[str]:
    """Members of the body that name something, or are a whole document: those that nobody makes up."""
    shown = target.get("requestBody", {}).get("content", {}).get(JSON_TYPE, {})
    whole = resolved(shown.get("schema", {}), components)
    for name in whole.get("required", ()):
        if name.endswith("_id") or "object" in whole["properties"][name].get("type", ""):
            yield name


def _members(
    schema: JsonSchema, components: Mapping[str, JsonSchema], pointer: str = ""
) -> Iterator[tuple[str, str]]:
    """Names and JSON Pointers, what is nested after what is not; of a list, its first item."""
    whole = resolved(schema, components)
    own = {name: f"{pointer}/{name}" for name in whole.get("properties", {})}
    yield from own.items()
    for name, at in own.items():
        inner = resolved(whole["properties"][name], components)
        item = inner.get("items")
        yield from _members(item or inner, components, f"{at}/0" if item else at)


def resolved(schema: JsonSchema, components: Mapping[str, JsonSchema]) -> JsonSchema:
    """The schema behind a `$ref`, also behind one that may be null."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        return resolved(options[0], components)
    reference = schema.get("$ref")
    return schema if reference is None else components[reference.rpartition("/")[2]]
