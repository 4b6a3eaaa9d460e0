"""Links of the OpenAPI document: what an answer names can be asked for next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from secmon.app import api_document
from secmon.openapi.operations import NoSuchLink, add_links, resolved

BODY, PATH, ETAG = "$response.body#", "$request.path.", "$response.header.ETag"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(api_document())


def operations(document: Mapping[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Each operation and its path, by the operation's name."""
    return {
        item[method]["operationId"]: (path, item[method])
        for path, item in document["paths"].items()
        for method in item.keys() - {"parameters"}
    }


def links(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each link: the path it comes from, the answer it belongs to, and itself."""
    for path, described in operations(document).values():
        for answer in described["responses"].values():
            for link in answer.get("links", {}).values():
                yield path, answer, link


def test_a_freeze_leads_to_its_case_and_to_the_unfreeze(document: dict[str, Any]) -> None:
    found = operations(document)["freeze"][1]["responses"]["201"]["links"]
    assert found["add_identity_check"]["parameters"] == {"case_id": "$response.body#/freeze/case_id"}
    assert found["ask_unfreeze"] == {
        "operationId": "ask_unfreeze",
        "parameters": {"account_id": "$request.path.account_id"},
        "requestBody": {"case_id": "$response.body#/freeze/case_id"},
    }


def test_a_version_that_was_shown_leads_to_its_change(document: dict[str, Any]) -> None:
    found = operations(document)["show_case"][1]["responses"]["200"]["links"]["change_case"]
    assert found["parameters"] == {"case_id": "$request.path.case_id", "If-Match": "$response.header.ETag"}


def test_a_link_fills_the_path_of_an_operation_with_what_its_answer_holds(document: dict[str, Any]) -> None:
    found = operations(document)
    assert len(list(links(document))) > 50
    for path, answer, link in links(document):
        target, _ = found[link["operationId"]]
        assert {name for name in link["parameters"] if f"{{{name}}}" in target} == set(_arguments(target)), (
            link
        )
        schema = answer["content"]["application/json"]["schema"]
        for expression in [*link["parameters"].values(), *link.get("requestBody", {}).values()]:
            if expression.startswith(BODY):
                _at(schema, expression.removeprefix(BODY), document["components"]["schemas"])
            elif expression != ETAG:
                assert expression.removeprefix(PATH) in _arguments(path), link


@pytest.mark.parametrize(
    ("leads_to", "problem"),
    [("show_it", "does not answer what show_it needs"), ("show_that", "which is no operation")],
)
def test_a_link_that_cannot_be_followed_is_refused(leads_to: str, problem: str) -> None:
    content = {"application/json": {"schema": {"type": "object", "properties": {"other_id": {}}}}}
    answers = {"200": {"headers": {}, "content": content}}
    maker = {"operationId": "make_it", "x-leads-to": [leads_to], "responses": answers}
    shower = {"operationId": "show_it", "responses": {}}
    paths = {"/things": {"post": maker}, "/things/{thing_id}": {"get": shower}}
    with pytest.raises(NoSuchLink, match=problem):
        add_links({"paths": paths, "components": {"schemas": {}}})


def _arguments(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _at(schema: Any, pointer: str, components: Mapping[str, Any]) -> Any:
    """The schema of what a JSON Pointer finds in an answer; raises where it finds nothing."""
    for part in pointer.split("/")[1:]:
        whole = resolved(schema, components)
        schema = whole["items"] if part.isdecimal() else whole["properties"][part]
    return schema
