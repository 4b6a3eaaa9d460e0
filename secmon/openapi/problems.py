"""Every problem code that the service can answer, explained for the problem pages and the OpenAPI document.

As OpenAPI responses they are written once: one a status, an example a code.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from secmon.core.errors import DomainError
from secmon.openapi.operations import PROBLEM_TYPE
from secmon.web.parts import Part
from secmon.web.problems import HTTP_PROBLEMS, REFUSED, meaning_of, status_of

_EXTRA_HEADERS = {
    401: {"WWW-Authenticate": "WwwAuthenticate"},
    429: {"Retry-After": "RetryAfter"},
    503: {"Retry-After": "RetryAfter"},
}
_ERRORS_EXAMPLE = [{"pointer": "/events/3/ip", "message": "Must be an IPv4 or IPv6 address"}]
Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One code: what happened (`title`), what it means, what to do (`advice`)."""

    code: str
    status: int
    title: str
    meaning: str
    advice: str

    @property
    def phrase(self) -> str:
        return HTTPStatus(self.status).phrase


Catalogue = Mapping[str, Problem]
CATALOGUE: Part[Catalogue] = Part("problems")


def catalogue() -> Catalogue:
    """All codes, by code: those of every `DomainError` imported by now, and of what HTTP itself refuses."""
    found = {problem.code: problem for problem in (*_of_http(), *_of_errors())}
    return dict(sorted(found.items()))


def _of_http() -> Iterator[Problem]:
    for status, refused in (*HTTP_PROBLEMS.items(), (400, REFUSED)):
        yield Problem(refused.code, status, refused.title, refused.meaning, refused.advice)


def _of_errors() -> Iterator[Problem]:
    for kind in _below(DomainError):
        # A class without a code of its own answers as its parent does.
        if "code" in vars(kind):
            yield Problem(kind.code, status_of(kind), kind.title, meaning_of(kind), kind.advice)


def _below(parent: type[DomainError]) -> Iterator[type[DomainError]]:
    for kind in parent.__subclasses__():
        yield kind
        yield from _below(kind)


class UnknownProblem(Exception):
    """A route declares a code that nothing answers."""


class ProblemResponses:
    """Adds to operations what their `x-problem-codes` mean, and makes the components that they refer to."""

    def __init__(self, problems: Catalogue) -> None:
        self._problems = problems
        self._asked: Counter[Codes] = Counter()

    def add(self, operation: dict[str, Any], *, has_path_arguments: bool) -> None:
        """Completes an Operation Object. Raises `UnknownProblem`."""
        codes = operation.pop("x-problem-codes")
        unknown = set(codes) - self._problems.keys()
        if unknown:
            raise UnknownProblem(f"{operation['operationId']}: {', '.join(sorted(unknown))}")
        if has_path_arguments and not any(self._problems[code].status == 404 for code in codes):
            codes.append("not_found")
        by_status: dict[int, list[str]] = defaultdict(list)
        for code in codes:
            by_status[self._problems[code].status].append(code)
        for status, found in sorted(by_status.items()):
            self._answer(operation["responses"], str(status), tuple(sorted(found)))

    def components(self) -> dict[str, dict[str, Any]]:
        """What operations refer to: responses that several of them give, and the example of each code."""
        return {
            "responses": {_name(codes): self._response(codes) for codes in sorted(self._asked)},
            "examples": {
                code: {"summary": self._problems[code].title, "value": _example(self._problems[code])}
                for code in sorted({code for codes in self._asked for code in codes})
            },
        }

    def _answer(self, responses: dict[str, Any], status: str, codes: Codes) -> None:
        self._asked[codes] += 1
        if status not in responses:
            responses[status] = {"$ref": f"#/components/responses/{_name(codes)}"}
            return
        # A route may answer this status with a document of its own as well, as OAuth's errors are.
        said, refused = responses[status], self._response(codes)
        said["content"] = said.get("content", {}) | refused["content"]
        said["headers"] = refused["headers"] | said.get("headers", {})

    def _response(self, codes: Codes) -> dict[str, Any]:
        """One Response Object for problems of one status."""
        status = self._problems[codes[0]].status
        headers = {"X-Request-Id": "RequestId", **_EXTRA_HEADERS.get(status, {})}
        content = {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
        }
        said = ", ".join(f"[`{code}`](/problems/{code})" for code in codes)
        return {
            "description": f"{HTTPStatus(status).phrase}: {said}",
            "headers": {name: {"$ref": f"#/components/headers/{key}"} for name, key in headers.items()},
            "content": {PROBLEM_TYPE: content},
        }


def _name(codes: Codes) -> str:
    """The codes as one word each: `AccountFrozen-LegalHold`."""
    return "-".join(code.title().replace("_", "") for code in codes)


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
