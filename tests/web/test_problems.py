"""Every error is a problem document, says what it may and nothing else, and every code is explained."""

from __future__ import annotations

import re

import httpx
import pytest

from secmon.core.errors import DomainError
from secmon.openapi.problems import Problem, catalogue
from tests.service import NO_TLS
from tests.web.probe import Probe


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/v1/things/", 404, "not_found"),
        ("DELETE", "/v1/things", 405, "method_not_allowed"),
        ("BREW", "/v1/things", 405, "method_not_allowed"),
        ("OPTIONS", "/v1/things", 405, "method_not_allowed"),
        ("TRACE", "/livez", 405, "method_not_allowed"),
        ("POST", "/v1/things/bug", 500, "internal_error"),
        ("POST", "/v1/things/throttled", 429, "rate_limited"),
    ],
)
def test_each_refusal_is_a_problem(
    http: httpx.Client, method: str, path: str, status: int, code: str
) -> None:
    answer = http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["code"], problem["status"]) == (f"/problems/{code}", code, status)
    assert set(problem) == {"type", "title", "status", "code", "detail", "request_id"}
    assert problem["detail"] == catalogue()[code].meaning


def test_405_names_the_methods_that_work(http: httpx.Client) -> None:
    assert http.delete("/v1/things").headers["Allow"] == "GET, HEAD, POST"


def test_429_says_how_long_to_wait_rounded_up(http: httpx.Client) -> None:
    assert http.post("/v1/things/throttled").headers["Retry-After"] == "2"


def test_head_is_get_without_a_body(http: httpx.Client) -> None:
    answer = http.head("/livez")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic d2FsbGV0Og==", "Bearer bad", "wallet"])
def test_without_a_good_token_the_answer_is_401(sqlite_probe: Probe, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = httpx.get(f"{sqlite_probe.url}/v1/things/one", headers=headers, verify=NO_TLS)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    said = 'Bearer realm="secmon"' + (', error="invalid_token"' if authorization is not None else "")
    assert answer.headers["WWW-Authenticate"] == said


def test_without_the_scope_the_answer_is_403_and_nothing_is_read(sqlite_probe: Probe) -> None:
    with sqlite_probe.client("readonly") as client:
        assert client.get("/v1/things/one").status_code == 200
        answer = client.post("/v1/things", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


def test_answers_are_not_kept_not_guessed_at_and_not_framed(http: httpx.Client) -> None:
    for path in ("/livez", "/nowhere", "/v1/things/one"):
        headers = http.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def _errors(parent: type[DomainError] = DomainError) -> list[type[DomainError]]:
    return [found for kind in parent.__subclasses__() for found in (kind, *_errors(kind))]


@pytest.mark.parametrize("problem", catalogue().values(), ids=lambda problem: problem.code)
def test_every_code_is_explained(problem: Problem) -> None:
    assert problem.meaning, "an error with a code of its own has a docstring that says what it means"
    assert problem.title
    assert problem.advice
    assert re.fullmatch("[a-z][a-z_]*[a-z]", problem.code)


def test_no_two_errors_share_a_code() -> None:
    own = [kind.code for kind in _errors() if "code" in vars(kind)]
    assert len(own) == len(set(own))
