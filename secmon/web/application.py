"""Flask, fitted to this service: what differs from its defaults for every request, and nothing per route.

Much of what Flask does for a request is for what this service has none of: sessions, signals, subdomains,
hooks of blueprints. It is left out by the methods that Flask has for that, and what is the same for all
requests is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import NullSession, SessionInterface
from flask.wrappers import Response
from werkzeug.routing import RequestRedirect, Rule

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


# Answers of which HTTP forbids no text, and whose headers werkzeug need not look over.
WITH_A_TEXT = frozenset({200, 201})


class AsWritten(DefaultJSONProvider):
    """JSON with its members in the order in which they are written and documented."""

    sort_keys = False


class NoSessions(SessionInterface):
    """Nobody is remembered by a cookie."""

    _none = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:
        return self._none


class Answered(Response):
    """An answer that is there as a whole goes out as it is."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        headers = self.headers
        is_plain = (
            self.status_code in WITH_A_TEXT and "Location" not in headers and type(self.response) is list
        )
        if not is_plain or environ["REQUEST_METHOD"] == "HEAD" or "Content-Length" not in headers:
            return super().__call__(environ, start_response)
        start_response(self.status, headers.to_wsgi_list())
        return cast(list[bytes], self.response)


class Application(Flask):
    """Every answer has `HEADERS`, whatever became of the request."""

    json_provider_class = AsWritten
    response_class = Answered
    session_interface = NoSessions()

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        # Wherever the service is reached: no route depends on the name of a host.
        self._paths = self.url_map.bind("localhost")

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

    def create_url_adapter(self, request: Request | None) -> Any:
        return None if request is None else _Path(self, request)

    def rule_of(self, request: Request) -> tuple[Rule, Any]:
        """The route of a request, and its arguments; raises as werkzeug's `match` does."""
        try:
            return self._paths.match(request.path, request.method, return_rule=True)
        except RequestRedirect:
            # That leads to the host that was asked.
            adapter: Any = super().create_url_adapter(request)
            found: tuple[Rule, Any] = adapter.match(return_rule=True)
            return found

    def preprocess_request(self) -> None:
        for begin in self.before_request_funcs[None]:
            begin()

    def process_response(self, response: Response) -> Response:
        for finish in reversed(self.after_request_funcs[None]):
            response = finish(response)
        return response

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """Nothing is left over of a request."""


class _Path:
    """Finds the route of one request."""

    def __init__(self, app: Application, request: Request) -> None:
        self._app, self._request = app, request

    def match(self, *, return_rule: bool) -> tuple[Rule, Any]:
        return self._app.rule_of(self._request)
