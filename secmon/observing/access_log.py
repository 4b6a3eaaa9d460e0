"""One line a request: what was asked, by whom, how it ended and how long it took. Never what was in it."""

from __future__ import annotations

import time

import msgspec
from flask import Flask, Response, request
from flask.globals import app_ctx
from msgspec import UNSET, UnsetType

from secmon.core.clock import system_clock
from secmon.observing import logs

UNMATCHED = "unmatched"
_encode = msgspec.json.Encoder().encode


class Line(msgspec.Struct):
    """Written without structlog, whose processors cost a request more than its routing does."""

    at: str
    level: str
    event: str
    request_id: str
    trace_id: str | UnsetType
    span_id: str | UnsetType
    method: str
    route: str
    status: int
    ms: float
    client_id: str | None
    address: str | None


def route_template() -> str:
    """The matched rule and not the path, which may hold a link's token; every unknown path is one."""
    return UNMATCHED if request.url_rule is None else request.url_rule.rule


def install(app: Flask) -> None:
    """Logs every answer of `app`."""

    def finish(response: Response) -> Response:
        if logs.writes_info():
            logs.write_line(_encode(_line(response)))
        return response

    app.after_request(finish)


def _line(response: Response) -> Line:
    known = app_ctx.g
    trace, caller = known.trace, known.get("caller")
    return Line(
        system_clock().isoformat(timespec="milliseconds"),
        "info",
        "request",
        logs.hidden(known.request_id),
        UNSET if trace is None else trace.trace_id,
        UNSET if trace is None else trace.span_id,
        logs.hidden(request.method),
        route_template(),
        response.status_code,
        round((time.perf_counter() - known.started) * 1000, 2),
        None if caller is None else logs.hidden(caller.actor.actor_id),
        known.client_address,
    )
