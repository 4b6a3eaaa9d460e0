"""A route's problem codes as OpenAPI responses: one a status, with an example a code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from secmon.web.documentation import PROBLEM_TYPE
from secmon.web.problem_catalogue import Problem

_EXTRA_HEADERS = {
    401: {"WWW-Authenticate": "WwwAuthenticate"},
    429: {"Retry-After": "RetryAfter"},
    503: {"Retry-After": "RetryAfter"},
}
_ERRORS_EXAMPLE = [{"pointer": "/events/3/ip", "message": "Must be an IPv4 or IPv6 address"}]


class UnknownProblem(Exception):
    """A route declares a code that nothing answers."""


def add_problems(
    described: dict[str, Any], problems: Mapping[str, Problem], *, has_path_arguments: bool
) -> None:
    """Completes an Operation Object by what its `x-problem-codes` mean."""
    codes = described["x-problem-codes"]
    unknown = set(codes) - problems.keys()
    if unknown:
        raise UnknownProblem(f"{described['operationId']}: {', '.join(sorted(unknown))}")
    if has_path_arguments and not any(problems[code].status == 404 for code in codes):
        codes.append("not_found")
    by_status: dict[int, list[Problem]] = defaultdict(list)
    for code in codes:
        by_status[problems[code].status].append(problems[code])
    for status, found in sorted(by_status.items()):
        said = described["responses"].setdefault(str(status), {})
        refused = response(status, found)
        # A route may answer this status with a document of its own as well, as OAuth's errors are.
        content = said.get("content", {}) | refused["content"]
        described["responses"][str(status)] = {**refused, **said, "content": content}


def response(status: int, problems: list[Problem]) -> dict[str, Any]:
    """One Response Object for all problems of a status."""
    headers = {"X-Request-Id": "RequestId", **_EXTRA_HEADERS.get(status, {})}
    content = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {
            problem.code: {"summary": problem.title, "value": _example(problem)} for problem in problems
        },
    }
    return {
        "description": f"{problems[0].phrase}: " + ", ".join(f"`{problem.code}`" for problem in problems),
        "headers": {name: {"$ref": f"#/components/headers/{key}"} for name, key in headers.items()},
        "content": {PROBLEM_TYPE: content},
    }


def _example(problem: Problem) -> dict[str, Any]:
    example = {
        "type": f"/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.meaning,
        "request_id": "0d5c9ad0c4f24a53a7fbb6d4f1a3f7c2",
    }
    return {**example, "errors": _ERRORS_EXAMPLE} if problem.code == "invalid_fields" else example
