"""Flask, fitted to this service: what differs from its defaults for every request, and nothing per route."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Answers are data about one account: nobody keeps them, nothing in them is run or framed, and which
# server they come from is nobody's business. An answer that says otherwise itself is let be.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "secmon",
    "X-Content-Type-Options": "nosniff",
}


class AsWritten(DefaultJSONProvider):
    """JSON with its members in the order in which they are written and documented."""

    sort_keys = False


class Application(Flask):
    """Every answer has `HEADERS`, whatever became of the request."""

    json_provider_class = AsWritten

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Here and not in `after_request`: werkzeug's headers would cost five times as much.
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            said = {name.title() for name, _ in headers}
            more = [(name, value) for name, value in HEADERS.items() if name not in said]
            return start_response(status, headers + more, exc_info)

        return super().wsgi_app(environ, start)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        # No view is a coroutine; to ask that of each hook would cost as much as routing does.
        return func
