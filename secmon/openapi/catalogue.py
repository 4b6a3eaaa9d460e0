"""Every problem code that the service can answer, with its explanation: the source of the problem pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from secmon.core.errors import DomainError
from secmon.web.http_problems import HTTP_PROBLEMS, REFUSED
from secmon.web.parts import Part
from secmon.web.problems import meaning_of, status_of


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
