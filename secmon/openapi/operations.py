"""A route's declaration as an OpenAPI 3.1 Operation Object, and its `leads_to` as links. Pure.

Schemas are resolved by apispec later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from inspect import cleandoc
from typing import Any

from secmon.web.body import JSON_TYPE
from secmon.web.limits import Limited
from secmon.web.operation import OPEN, Operation, Route

NDJSON = "application/x-ndjson"
PROBLEM_TYPE = "application/problem+json"
CHANGES = {"PUT", "PATCH", "DELETE"}

# Codes that the frame itself may answer, whatever the route does.
ANY_ROUTE = ("internal_error",)
GUARDED = ("unauthenticated", "insufficient_scope", "invalid_fields", "rate_limited", "unavailable")
WITH_BODY = ("body_too_large", "body_too_slow")
WITH_OPEN_BODY = ("unavailable",)
WITH_JSON = (*WITH_BODY, "malformed_request", "unsupported_media_type", "invalid_fields")
WITH_KEY = ("idempotency_key_in_use", "idempotency_key_reused")
WITH_VERSION = ("if_match_required", "version_stale")
Document = Mapping[str, Any]
JsonSchema = Mapping[str, Any]


def operation_object(route: Route, method: str) -> dict[str, Any]:
    """What the document says of `route`; `problems` and `add_links` complete it."""
    declared = route.declared
    summary, _, more = cleandoc(route.__doc__ or "").partition("\n\n")
    described: dict[str, Any] = {
        "operationId": route.__name__,
        "summary": " ".join(summary.split()),
        "description": "\n\n".join(filter(None, (more, " ".join(_said(declared, method))))),
        "x-problem-codes": list(problem_codes(declared, method)),
        "x-leads-to": list(declared.leads_to),
        "responses": {str(status): _answer(declared, status) for status in declared.answers},
        "security": _security(declared),
    }
    if declared.creates is not None:
        described["x-replayed"] = declared.creates.says
    parameters = list(_parameters(declared, method))
    if parameters:
        described["parameters"] = parameters
    if declared.body is not None:
        described["requestBody"] = {"required": True, "content": _body(declared)}
    return described


def problem_codes(declared: Operation, method: str) -> Iterator[str]:
    """Every code that this route may answer, its own first, each once."""
    codes = [*declared.problems]
    if declared.scope != OPEN:
        codes += GUARDED
    if declared.scope == OPEN and declared.body is not None:
        codes += WITH_OPEN_BODY
    if declared.body is not None:
        codes += WITH_JSON if JSON_TYPE in declared.sends else WITH_BODY
    if declared.creates:
        codes += [*WITH_KEY, *declared.creates.problems]
    if declared.versioned and method in CHANGES:
        codes += WITH_VERSION
    if declared.conditional:
        codes.append("if_match_required")
    yield from dict.fromkeys([*codes, *ANY_ROUTE])


def _said(declared: Operation, method: str) -> Iterator[str]:
    """What a caller has to know of the declaration, a sentence each."""
    yield "Open: needs no token." if declared.scope == OPEN else f"Needs a token with `{declared.scope}`."
    if declared.creates:
        yield "Send an `Idempotency-Key`, and it can be sent again safely."
    if declared.versioned:
        yield "Send the `ETag` back in `If-Match`." if method in CHANGES else "Its `ETag` is the version."
    if declared.pages:
        yield "In pages: ask for the next one with `next_cursor`."
    if declared.scope != OPEN and declared.limited is Limited.NOT:
        yield "Not counted against the rate limit."


def _security(declared: Operation) -> list[dict[str, list[str]]]:
    """Either scheme stands for the same token: got by the page itself, or pasted."""
    return [] if declared.scope == OPEN else [{"oauth2": [declared.scope]}, {"bearer": [declared.scope]}]


def _parameters(declared: Operation, method: str) -> Iterator[dict[str, Any] | str]:
    if declared.query is not None:
        yield {"in": "query", "schema": declared.query}
    if declared.pages:
        yield from ("Limit", "Cursor")
    if declared.creates:
        yield "IdempotencyKey"
    if (declared.versioned and method in CHANGES) or declared.conditional:
        yield "IfMatch"
    if 304 in declared.answers:
        yield "IfNoneMatch"


def _body(declared: Operation) -> dict[str, Any]:
    return {
        sent: _as_lines(declared) if sent == NDJSON else _as_document(declared) for sent in declared.sends
    }


def _as_document(declared: Operation) -> dict[str, Any]:
    example = {} if declared.example is None else {"example": dict(declared.example)}
    return {"schema": declared.body, **example}


def _as_lines(declared: Operation) -> dict[str, Any]:
    """The one list of the example, an item a line."""
    items: list[Any] = next(iter((declared.example or {}).values()), [])
    lines = "".join(f"{json.dumps(item)}\n" for item in items)
    return {"schema": {"type": "string", "description": "One JSON object a line."}, "example": lines}


def _answer(declared: Operation, status: int) -> dict[str, Any]:
    what = declared.answers[status]
    headers = {"X-Request-Id": "RequestId"}
    if declared.creates:
        headers["Idempotency-Replayed"] = "IdempotencyReplayed"
    if declared.versioned:
        headers["ETag"] = "ETag"
    if isinstance(what, str):
        content: dict[str, Any] = {sent: {} for sent in declared.answers_with}
        return {"description": what, "headers": headers, **({"content": content} if content else {})}
    shown: dict[str, Any] = {"schema": what}
    if declared.example_answer is not None and what is next(iter(declared.answers.values())):
        shown["example"] = dict(declared.example_answer)
    content = {JSON_TYPE: shown, **{kind: {} for kind in declared.answers_with}}
    return {"description": HTTPStatus(status).phrase, "headers": headers, "content": content}


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
