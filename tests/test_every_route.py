"""What holds for each route of the service, whatever it does: tested on all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from secmon.app import create_app
from secmon.clients.scopes import SCOPES_OF
from secmon.settings.environment import Settings
from secmon.web.guard import operations
from secmon.web.operation import OPEN, Operation
from tests.service import NO_TLS, TEST_KEYS, Service

JSON = {"Content-Type": "application/json"}
ARGUMENT = re.compile("<(?:([a-z]+):)?[^>]+>")
NO_BODIES = (
    (b"{", "application/json", 400, "malformed_request"),
    (b'{"a": "\xff"}', "application/json", 400, "malformed_request"),
    (b"[" * 100_000, "application/json", 400, "malformed_request"),
    (b"{}", "text/plain", 415, "unsupported_media_type"),
    (b"[]", "application/json", 422, "invalid_fields"),
    (b'"text"', "application/json", 422, "invalid_fields"),
    (b" " * 9_000_000 + b"{}", "application/json", 413, "body_too_large"),
)
SOME_UUID = "019aa8f2-6a0e-7a5f-9b8c-0f6f7f2f7f1c"


@dataclass(frozen=True)
class Target:
    """One operation, with an address for it that leads to nothing that is there."""

    method: str
    path: str
    declared: Operation

    @property
    def role(self) -> str:
        return next(str(role) for role, scopes in SCOPES_OF.items() if self.declared.scope in scopes)

    @property
    def json_body(self) -> bool:
        return self.declared.body is not None and "application/json" in self.declared.sends

    @property
    def texts(self) -> list[str]:
        """The fields of its example that hold text."""
        return [name for name, value in (self.declared.example or {}).items() if isinstance(value, str)]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def targets() -> Iterator[Target]:
    app = create_app(Settings("sqlite://", TEST_KEYS, Path("var")))
    declared = operations(app)
    for rule in app.url_map.iter_rules():
        path = ARGUMENT.sub(lambda match: SOME_UUID if match[1] == "uuid" else "nobody", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield Target(method, path, declared[rule.endpoint])


ALL = sorted(targets(), key=str)
GUARDED = [target for target in ALL if target.declared.scope != OPEN]
WITH_JSON = [target for target in GUARDED if target.json_body]
WITH_TEXT = [target for target in WITH_JSON if target.texts]


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("target", GUARDED, ids=str)
def test_without_a_token_nobody_gets_in(service: Service, target: Target) -> None:
    answer = httpx.request(
        target.method, service.url + target.path, content=b"{}", headers=JSON, verify=NO_TLS
    )
    assert_problem(answer, 401, "unauthenticated")


@pytest.mark.parametrize("target", GUARDED, ids=str)
def test_an_unknown_query_parameter_is_refused(service: Service, target: Target) -> None:
    body = target.declared.example if target.json_body else None
    with service.client(target.role) as client:
        answer = client.request(target.method, target.path, json=body, params={"smuggled": "1"})
    assert_problem(answer, 422, "invalid_fields")
    assert {"pointer": "/smuggled", "message": "Unknown field."} in answer.json()["errors"]


@pytest.mark.parametrize("target", WITH_JSON, ids=str)
def test_a27_a_body_that_is_none_is_refused(sqlite_service: Service, target: Target) -> None:
    with sqlite_service.client(target.role) as client:
        for content, content_type, status, code in NO_BODIES:
            headers = {"Content-Type": content_type}
            answer = client.request(target.method, target.path, content=content, headers=headers)
            assert_problem(answer, status, code)


@pytest.mark.parametrize("target", WITH_JSON, ids=str)
def test_a26_a_field_that_is_not_asked_for_is_refused(sqlite_service: Service, target: Target) -> None:
    with sqlite_service.client(target.role) as client:
        for name in ("standing", "roles", "trusted_by", "__class__"):
            body = {**(target.declared.example or {}), name: "admin"}
            answer = client.request(target.method, target.path, json=body)
            assert_problem(answer, 422, "invalid_fields")
            assert f"/{name}" in {error["pointer"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("target", WITH_TEXT, ids=str)
def test_a27_text_that_no_database_takes_is_refused(postgres_service: Service, target: Target) -> None:
    example = dict(target.declared.example or {})
    with postgres_service.client(target.role) as client:
        for name in target.texts:
            answer = client.request(target.method, target.path, json={**example, name: "a\0b"})
            assert_problem(answer, 422, "invalid_fields")
            assert answer.json()["errors"][0]["pointer"] == f"/{name}"


@pytest.mark.parametrize("target", ALL, ids=str)
def test_a_method_that_does_not_work_is_said_so(sqlite_service: Service, target: Target) -> None:
    answer = httpx.request("BREW", sqlite_service.url + target.path, verify=NO_TLS)
    assert_problem(answer, 405, "method_not_allowed")
    assert target.method in answer.headers["Allow"].split(", ")
