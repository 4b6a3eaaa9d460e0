"""One decorator a route: its scope, its strict input, its documented answers, one bounded retry.

A route without it does not start (`web.guard.operations`), so deny by default is structural.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import update_wrapper
from typing import Any

import msgspec
import psycopg
from flask import Response, g, request
from marshmallow import Schema
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from secmon.core.errors import Forbidden, Invalid
from secmon.database.errors import is_transient
from secmon.database.work import Work
from secmon.web import body as request_body
from secmon.web import caller, idempotency, limits, receiving, viewing
from secmon.web.limits import Limited
from secmon.web.query import query_arguments
from secmon.web.replays import Replays, Stored

OPEN = "open"
_encode = msgspec.json.Encoder().encode
MOST_TRIES = 3  # A deadlock victim is done again twice (F12); a third loss is the caller's 503.

Answer = Response | Mapping[str, Any] | tuple[Any, int] | tuple[Any, int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Operation:
    """What a route declares: read by the guard, by the OpenAPI document and by the tests.

    `answers` holds, by status, the schema of a JSON answer or a sentence about another one, in the
    content types of `answers_with`; `problems` the codes that this route may answer beside those that
    any route may. `limited` counts requests: open routes are limited by address or not at all. `pages`
    routes take `limit` and `cursor`. `versioned` routes carry an ETag; one that changes something wants
    it back in If-Match, a `conditional` one that of another thing, which it rests on. A route that `sends`
    anything but JSON reads it itself. `creates` accepts an `Idempotency-Key`, and is what that is answered
    when it comes again. `leads_to` names the operations that an answer brings the identifiers for: links of
    the OpenAPI document. `quick` reads bodies that are right, and leaves all others to the schema. What a
    route reads is some account's, and staff who read it leave a trace
    (`web.viewing`), unless `of_no_account`.
    """

    scope: str
    body: type[Schema] | None = None
    quick: request_body.Quick | None = None
    query: type[Schema] | None = None
    answers: Mapping[int, type[Schema] | str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    example: Mapping[str, Any] | None = None
    example_answer: Mapping[str, Any] | None = None
    limited: Limited = Limited.BY_CLIENT
    pages: bool = False
    creates: Replays | None = None
    versioned: bool = False
    conditional: bool = False
    sends: tuple[str, ...] = (request_body.JSON_TYPE,)
    answers_with: tuple[str, ...] = ()
    largest_body: int | None = None
    leads_to: tuple[str, ...] = ()
    of_no_account: bool = False


class Route:
    """A view behind its declaration: who calls, then what is sent, then the work, tried again if need be."""

    __name__: str
    _apidoc: Mapping[str, Any]

    def __init__(self, function: Callable[..., Answer], declared: Operation) -> None:
        update_wrapper(self, function)
        self.declared = declared
        self._function = function
        if declared.creates is not None and not isinstance(declared.creates, Replays):
            raise TypeError(f"{function.__name__}: `creates` says what a replay is answered (web.replays)")
        reads_itself = declared.sends != (request_body.JSON_TYPE,)
        self._body = None if declared.body is None or reads_itself else declared.body()
        self._query = declared.query() if declared.query else None

    def __call__(self, **arguments: Any) -> Response:
        try:
            return self._answered(arguments)
        except (Invalid, Forbidden, HTTPException):
            # Whose client is revoked is told that, and nothing of what a request has to look like.
            caller.confirm()
            raise

    def _answered(self, arguments: dict[str, Any]) -> Response:
        path = dict(arguments)
        arguments |= self._read_request()

        def respond() -> Response:
            response = _response(self._function(**arguments))
            if self.declared.scope != OPEN and not self.declared.of_no_account:
                viewing.leave_trace(self.__name__, arguments)
            return response

        if self.declared.creates is None or "HTTP_IDEMPOTENCY_KEY" not in request.environ:
            return _tried(respond)
        keyed = _keyed(self.declared.creates, respond, path, arguments.get("body", {}))
        return _tried(lambda: idempotency.once(keyed))

    def _read_request(self) -> dict[str, Any]:
        """Who calls, and the route's arguments that query and body make."""
        declared = self.declared
        arguments: dict[str, Any] = {}
        if declared.scope != OPEN:
            caller.require(declared.scope)
        counts = declared.scope != OPEN or declared.limited is Limited.BY_ADDRESS
        if counts and not receiving.called_again():
            limits.spend(declared.limited)
        if declared.scope != OPEN or self._query is not None:
            arguments |= query_arguments(self._query, pages=declared.pages)
        if declared.scope == OPEN and declared.body is not None:
            receiving.open_body()
        if declared.largest_body is not None:
            request.max_content_length = declared.largest_body
        if self._body is not None:
            arguments["body"] = request_body.loaded(self._body, declared.quick)
        return arguments


def operation(scope: str, **declared: Any) -> Callable[[Callable[..., Answer]], Route]:
    """Guards and documents a route.

    The route is called with its path arguments, `body=` (loaded by the schema, if one is declared)
    and `query=` (likewise). It returns a JSON object, with a status and headers where not 200.
    `creates=` accepts an `Idempotency-Key`, and says what a replay is answered.
    """
    declaration = Operation(scope, **declared)
    return lambda function: Route(function, declaration)


def _keyed(
    replays: Replays, respond: Callable[[], Response], path: Mapping[str, Any], body: Mapping[str, Any]
) -> idempotency.Keyed:
    named: str | None = path.get("account_id") or body.get("account_id")

    def again(work: Work, stored: Stored) -> Response | None:
        answer = replays.again(work, stored, **path)
        return None if answer is None else _response(answer)

    def concerns(work: Work) -> str | None:
        return named if replays.concerns is None else replays.concerns(work, **path)

    return idempotency.Keyed(respond, again, concerns, keeps=replays.keeps)


def _tried(handle: Callable[[], Response]) -> Response:
    for _ in range(MOST_TRIES - 1):
        try:
            return handle()
        except (DBAPIError, psycopg.Error) as error:
            if not is_transient(error):
                raise
            g.pop("work", None)
    return handle()


def _response(answer: Answer) -> Response:
    if isinstance(answer, Response):
        return answer
    status, headers = 200, {}
    if isinstance(answer, tuple):
        answer, status, *rest = answer
        headers = dict(rest[0]) if rest else {}
    if answer is None:
        return Response(status=status, headers=headers)
    return Response(_encode(answer), status, headers, content_type="application/json")
