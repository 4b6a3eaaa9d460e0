"""The published document is valid, complete, and says what the routes do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from schemathesis.specs.openapi.definitions import OPENAPI_31

from secmon.app import create_app
from secmon.clients.scopes import DESCRIPTIONS
from secmon.settings.environment import Settings
from secmon.web.fields import IDENTIFIER_PATTERN
from secmon.web.guard import operations
from secmon.web.operation import OPEN, Operation
from tests.databases import fresh_database
from tests.service import TEST_KEYS

METHODS = {"get", "put", "post", "patch", "delete"}
ARGUMENT = re.compile("<(?:[^:>]+:)?([^>]+)>")
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(Settings(fresh_database("sqlite"), TEST_KEYS, Path("var")))


@pytest.fixture(scope="module")
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def document(http: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(http.get("/openapi.json").data)
    return found


def described(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation, under a name that a failing test can be found by."""
    for path, item in document["paths"].items():
        for method in item.keys() & METHODS:
            yield f"{method.upper()} {path}", item[method]


def resolved(document: Mapping[str, Any], found: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a `$ref` stands for."""
    if "$ref" not in found:
        return found
    whole: Any = document
    for part in found["$ref"].removeprefix("#/").split("/"):
        whole = whole[part]
    return resolved(document, whole)


def schema_of(document: Mapping[str, Any], schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        {**schema, "components": document["components"]}, validate_formats=True
    )


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    errors = jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(document)
    assert [(error.message, error.instance_path) for error in errors] == []


def test_its_schemas_are_valid_json_schema(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": DIALECT, **schema})


def test_every_route_is_in_it_and_nothing_else(app: Flask, document: dict[str, Any]) -> None:
    routes = set()
    for rule in app.url_map.iter_rules():
        path = ARGUMENT.sub(r"{\1}", rule.rule)
        routes |= {f"{method} {path}" for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert {name for name, _ in described(document)} == routes


def test_every_operation_is_named_once_and_summed_up(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in described(document)]
    assert len(names) == len(set(names))
    assert [name for name, operation in described(document) if not operation.get("summary")] == []


def test_it_names_no_host(document: dict[str, Any]) -> None:
    assert [server["url"] for server in document["servers"]] == ["/"]
    assert "127.0.0.1" not in json.dumps(document)


def test_it_names_its_licence(document: dict[str, Any]) -> None:
    assert document["info"]["license"]["identifier"] == "Apache-2.0"


def test_scopes_are_those_of_the_routes(app: Flask, document: dict[str, Any]) -> None:
    flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert flow["scopes"] == DESCRIPTIONS
    declared: dict[str, Operation] = {
        name.rpartition(".")[2]: found for name, found in operations(app).items()
    }
    for _, operation in described(document):
        scope = declared[operation["operationId"]].scope
        assert operation["security"] == ([] if scope == OPEN else [{"oauth2": [scope]}, {"bearer": [scope]}])
        assert scope == OPEN or scope in flow["scopes"]


def test_examples_fit_their_schemas(document: dict[str, Any]) -> None:
    at = partial(resolved, document)
    wrong, checked = [], 0
    for name, operation in (*described(document), *described({"paths": document["webhooks"]})):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (content for body in map(at, bodies) for content in body.get("content", {}).values()):
            if "schema" not in content:
                continue
            examples = [at(example)["value"] for example in content.get("examples", {}).values()]
            examples += [content["example"]] if "example" in content else []
            check = schema_of(document, content["schema"])
            wrong += [(name, error.message) for example in examples for error in check.iter_errors(example)]
            checked += len(examples)
    assert wrong == []
    assert checked > 500


def test_the_example_of_every_body_is_written_by_hand(app: Flask) -> None:
    missing = [name for name, found in operations(app).items() if found.body and found.example is None]
    assert missing == []


def test_guarded_operations_say_how_they_refuse(document: dict[str, Any]) -> None:
    for name, operation in described(document):
        responses = {
            status: resolved(document, response) for status, response in operation["responses"].items()
        }
        if operation["security"]:
            assert {"401", "403", "422", "429", "503"} <= responses.keys(), name
        if any(kind == "application/json" for kind in operation.get("requestBody", {}).get("content", {})):
            assert {"400", "413", "415", "422"} <= responses.keys(), name
        if "{" in name:
            assert "404" in responses, name
        # OAuth's errors are its own documents, and a page for an owner is a page in any case.
        if name == "POST /oauth/token" or "text/html" in str(responses):
            continue
        for status, response in responses.items():
            if status >= "400":
                assert "application/problem+json" in response["content"], (name, status)


def test_identifiers_instants_and_addresses_are_typed(document: dict[str, Any]) -> None:
    event = document["components"]["schemas"]["LoginEventRequest"]
    assert event["additionalProperties"] is False
    assert event["properties"]["account_id"]["pattern"] == IDENTIFIER_PATTERN
    assert event["properties"]["occurred_at"]["format"] == "date-time"
    assert event["properties"]["ip"]["anyOf"] == [{"format": "ipv4"}, {"format": "ipv6"}]
    assert event["properties"]["user_agent"]["maxLength"] == 4096
    assert event["properties"]["device_id"]["type"] == ["string", "null"]
    check = schema_of(document, {"$ref": "#/components/schemas/LoginEventRequest"})
    example = document["paths"]["/v1/login-events"]["post"]["requestBody"]["content"]["application/json"][
        "example"
    ]
    assert check.is_valid(example)
    for wrong in (
        {"ip": "1.2.3"},
        {"occurred_at": "2026-11-22"},
        {"account_id": "a b"},
        {"standing": "active"},
    ):
        assert not check.is_valid({**example, **wrong})


def test_the_events_of_a_batch_are_login_events(document: dict[str, Any]) -> None:
    events = document["components"]["schemas"]["BatchRequest"]["properties"]["events"]
    assert events["items"] == {"$ref": "#/components/schemas/LoginEventRequest"}
    assert (events["minItems"], events["maxItems"]) == (1, 1000)


def test_path_arguments_are_typed(document: dict[str, Any]) -> None:
    one_device, one_client = "/v1/accounts/{account_id}/devices/{device_id}", "/v1/clients/{client_id}"
    _, device = (resolved(document, one) for one in document["paths"][one_device]["patch"]["parameters"][:2])
    assert (device["name"], device["schema"]["pattern"]) == ("device_id", IDENTIFIER_PATTERN)
    (client,) = (resolved(document, one) for one in document["paths"][one_client]["get"]["parameters"])
    assert client["schema"]["format"] == "uuid"


def test_what_many_routes_share_stands_once(document: dict[str, Any]) -> None:
    inline = [
        f"{name}: {parameter['name']}"
        for name, operation in described(document)
        for parameter in operation.get("parameters", ())
        if parameter.get("in") == "path"
    ]
    assert inline == []
    assert json.dumps(document).count('"title": "RiskPolicy"') == 2  # As sent, closed; as answered, open.


def test_only_what_is_sent_to_us_may_not_grow(document: dict[str, Any]) -> None:
    """A client that checks answers by the document of its day goes on working with the next release."""
    schemas = document["components"]["schemas"]
    closed = {name for name, schema in schemas.items() if "additionalProperties" in json.dumps(schema)}
    assert {"LoginEventRequest", "GeoRequest", "FreezeRequest", "PolicyRequest"} <= closed
    assert not closed & {"AssessmentResponse", "SignalResponse", "CaseDetail", "PolicyResponse", "Problem"}


def test_everything_is_described(document: dict[str, Any]) -> None:
    missing = []
    for name, operation in (*described(document), *described({"paths": document["webhooks"]})):
        missing += [name] if not operation.get("description") else []
        for found in operation.get("parameters", ()):
            parameter = resolved(document, found)
            missing += [] if parameter.get("description") else [f"{name}: {parameter['name']}"]
    for name, schema in document["components"]["schemas"].items():
        for member, found in schema.get("properties", {}).items():
            missing += [] if found.get("description") else [f"{name}.{member}"]
    assert missing == []
