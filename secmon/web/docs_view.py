"""The OpenAPI document as a page shows it: groups of operations, each with its tables. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from secmon.web.curl import curl
from secmon.web.documentation import PROBLEM_TYPE
from secmon.web.schema_rows import JsonSchema, Row, rows

METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class AnswerView:
    status: str
    description: str
    members: tuple[Row, ...]
    example: str | None


@dataclass(frozen=True, slots=True)
class OperationView:
    """`scope` is None for an open operation."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    scope: str | None
    parameters: tuple[Row, ...]
    content_types: tuple[str, ...]
    body: tuple[Row, ...]
    request: str
    answers: tuple[AnswerView, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    name: str
    description: str
    operations: tuple[OperationView, ...]


def groups(document: Mapping[str, Any], base: str) -> list[GroupView]:
    """All operations by their tag, in alphabetical order; `base` is the URL that requests are shown with."""
    descriptions = {tag["name"]: tag.get("description", "") for tag in document["tags"]}
    found = sorted(_operations(document, base), key=lambda one: one[0])
    return [
        GroupView(tag, descriptions[tag], tuple(view for _, view in each))
        for tag, each in groupby(found, key=lambda one: one[0])
    ]


def _operations(document: Mapping[str, Any], base: str) -> Iterator[tuple[str, OperationView]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                described = {**item[method], "parameters": _parameters(document, item, item[method])}
                yield described["tags"][0], _view(method.upper(), path, described, document, base)


def _parameters(
    document: Mapping[str, Any], item: Mapping[str, Any], described: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    shared = document["components"]["parameters"]
    listed = [*item.get("parameters", ()), *described.get("parameters", ())]
    return [shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in listed]


def _view(
    method: str, path: str, described: Mapping[str, Any], document: Mapping[str, Any], base: str
) -> OperationView:
    components = document["components"]["schemas"]
    content = described.get("requestBody", {}).get("content", {})
    body: JsonSchema = next((shown["schema"] for shown in content.values()), {})
    scopes = [scope for needed in described["security"] for scope in needed["oauth2"]]
    return OperationView(
        name=described["operationId"],
        method=method,
        path=path,
        summary=described.get("summary", ""),
        description=described.get("description", ""),
        scope=scopes[0] if scopes else None,
        parameters=tuple(_parameter_row(one, components) for one in described["parameters"]),
        content_types=tuple(content),
        body=tuple(rows(body, components)),
        request=curl(method, path, described, components, base),
        answers=tuple(_answers(described["responses"], components)),
        problems=tuple(described["x-problem-codes"]),
    )


def _parameter_row(parameter: Mapping[str, Any], components: Mapping[str, JsonSchema]) -> Row:
    properties = {parameter["name"]: {**parameter["schema"], **_description(parameter)}}
    row = next(rows({"properties": properties}, components))
    return Row(row.name, f"{parameter['in']} · {row.kind}", parameter.get("required", False), row.note)


def _description(parameter: Mapping[str, Any]) -> dict[str, str]:
    return {"description": parameter["description"]} if "description" in parameter else {}


def _answers(responses: Mapping[str, Any], components: Mapping[str, JsonSchema]) -> Iterator[AnswerView]:
    for status, response in responses.items():
        own = [shown for kind, shown in response.get("content", {}).items() if kind != PROBLEM_TYPE]
        if own or not response.get("content"):
            schema = own[0].get("schema") if own else None
            example = own[0].get("example") if own else None
            members = tuple(rows(schema, components)) if schema else ()
            shown = None if example is None else json.dumps(example, ensure_ascii=False, indent=2)
            yield AnswerView(status, response["description"], members, shown)
