"""Every error leaves as application/problem+json (RFC 9457); the one table from facts to statuses."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import psycopg
import structlog
from flask import Flask, Response, g, json, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from secmon.core import errors
from secmon.database.errors import is_unavailable, sqlstate_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HttpProblem:
    """What is refused before, or breaks beside, any rule of ours."""

    code: str
    title: str
    meaning: str
    advice: str


HTTP_PROBLEMS = {
    400: HttpProblem(
        "malformed_request",
        "The request cannot be read",
        "The body is not JSON in UTF-8 (RFC 8259), or the request breaks the rules of HTTP.",
        "Send one JSON document in UTF-8, without NaN, and nested no deeper than a person would.",
    ),
    405: HttpProblem(
        "method_not_allowed",
        "This method does not work here",
        "The address exists, but not for this method.",
        "Use one of the methods that the Allow header names.",
    ),
    408: HttpProblem(
        "body_too_slow",
        "The body came too slowly",
        "The whole body has to be there within 10 seconds of the head; the connection is closed.",
        "Send the same request again; send less at a time where the line is slow.",
    ),
    413: HttpProblem(
        "body_too_large",
        "The body is too large",
        "Bodies may hold 1 MiB, batches of login events 8 MiB, token requests and owners' forms 16 KiB.",
        "Send less at a time.",
    ),
    415: HttpProblem(
        "unsupported_media_type",
        "This content type is not understood here",
        "The Content-Type of the request is not one that this address reads.",
        "Send JSON with `Content-Type: application/json`, or what the documentation names for the address.",
    ),
    500: HttpProblem(
        "internal_error",
        "Something went wrong here",
        "A mistake of this service. It is recorded under the request_id; nothing of the request was kept.",
        "Tell the operator the request_id. The same request may be sent again.",
    ),
}
REFUSED = HttpProblem(
    "request_refused",
    "The request was refused",
    "The request breaks a rule of HTTP itself; the status says which.",
    "Look the status up in RFC 9110, section 15.",
)
BUG = HTTP_PROBLEMS[500]

STATUS_OF: dict[type[errors.DomainError], int] = {
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Forbidden: 403,
    errors.Invalid: 422,
    errors.Unauthenticated: 401,
    errors.PreconditionRequired: 428,
    errors.PreconditionFailed: 412,
    errors.Throttled: 429,
    errors.Unavailable: 503,
}


def status_of(kind: type[errors.DomainError]) -> int:
    """The status of the nearest ancestor in the table."""
    return next(STATUS_OF[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS_OF)


def meaning_of(kind: type[errors.DomainError]) -> str:
    """What the error's code means: the docstring of the class that has the code, on one line."""
    owner = next(ancestor for ancestor in kind.__mro__ if "code" in vars(ancestor))
    return " ".join((vars(owner).get("__doc__") or "").split())


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    field_errors: Iterable[errors.FieldError] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """One RFC 9457 answer; `more` are members of its own, as §3.2 allows."""
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": g.get("request_id"),
    }
    listed = [{"pointer": error.pointer, "message": error.message} for error in field_errors]
    if listed:
        body["errors"] = listed
    body |= more
    return Response(json.dumps(body), status, headers, content_type="application/problem+json")


def from_domain(error: errors.DomainError, **more: Any) -> Response:
    """A refusal as its problem; `more` are members beside the usual ones."""
    status = status_of(type(error))
    headers: dict[str, str] = {}
    wait = getattr(error, "retry_after", None)
    if wait is not None:
        headers |= retry_after(wait)
    if status == HTTPStatus.UNAUTHORIZED:
        # RFC 6750 §3.1: whoever sent no token at all is not told that it was a bad one.
        wrong = ', error="invalid_token"' if "Authorization" in request.headers else ""
        headers["WWW-Authenticate"] = f'Bearer realm="secmon"{wrong}'
    return problem(
        status,
        error.code,
        error.title,
        error.detail or meaning_of(type(error)),
        field_errors=error.errors,
        headers=headers,
        **error.members,
        **more,
    )


def retry_after(wait: timedelta) -> dict[str, str]:
    """The header that says how long to wait, in whole seconds and at least one."""
    return {"Retry-After": str(max(1, math.ceil(wait.total_seconds())))}


def from_http(error: HTTPException) -> Response:
    """Werkzeug's own refusals; redirects pass as they are."""
    status = error.code or 500
    if status < 400:
        return Response(error.get_body(), status, error.get_headers())
    if status == HTTPStatus.NOT_FOUND:
        return from_domain(errors.NotFound())
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    refused = HTTP_PROBLEMS.get(status, REFUSED)
    return problem(status, refused.code, refused.title, refused.meaning, headers=headers)


def from_database(error: Exception) -> Response:
    """The database is away, slow, full or out of connections: ask again. Anything else is our bug."""
    log.error("database_error", kind=type(error).__name__, sqlstate=sqlstate_of(error))
    if not is_unavailable(error):
        return from_bug(error)
    return from_domain(errors.Unavailable("The database did not answer in time."))


def from_bug(error: Exception) -> Response:
    log.error("unhandled_error", kind=type(error).__name__, exc_info=error)
    return problem(500, BUG.code, BUG.title, BUG.meaning)


def install(app: Flask) -> None:
    """Registers the handlers; nothing else in the service turns an exception into an answer."""
    app.register_error_handler(errors.DomainError, from_domain)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(DBAPIError, from_database)
    # What is sent past SQLAlchemy, a commit say, fails in the driver's own words.
    app.register_error_handler(psycopg.Error, from_database)
    app.register_error_handler(sqlite3.Error, from_database)
    app.register_error_handler(PoolTimeout, from_database)
    app.register_error_handler(Exception, from_bug)
