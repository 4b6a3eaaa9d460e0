"""One line a request: what was asked, by whom, how it ended and how long it took. Never what was in it."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request

UNMATCHED = "unmatched"
log = structlog.get_logger("secmon.access")


def route_template() -> str:
    """The matched rule and not the path, which may hold a link's token; every unknown path is one."""
    return UNMATCHED if request.url_rule is None else request.url_rule.rule


def install(app: Flask) -> None:
    """Logs every answer of `app`."""

    def begin() -> None:
        g.started = time.perf_counter()

    def finish(response: Response) -> Response:
        caller = g.get("caller")
        log.info(
            "request",
            method=request.method,
            route=route_template(),
            status=response.status_code,
            ms=round((time.perf_counter() - g.started) * 1000, 2),
            client_id=None if caller is None else caller.actor.actor_id,
            address=g.client_address,
        )
        return response

    app.before_request(begin)
    app.after_request(finish)
