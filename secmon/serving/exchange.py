"""From a head to an answer: the WSGI application is called when there is something for it to do."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

import structlog

from secmon.observing import metrics
from secmon.observing.access_log import UNMATCHED
from secmon.serving.arriving import Arriving, Deadlines, Outcome
from secmon.web.problems import HTTP_PROBLEMS
from secmon.web.receiving import AGAIN, LARGEST_OPEN, PENDING, RECEIVED, Pending, Wanted

# From the head of a request to the end of its body.
BODY_WITHIN_S = 10.0
# Bodies of more than `LARGEST_OPEN` bytes are received this many at a time, which bounds the memory.
LARGE_AT_A_TIME = 8

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]
log = structlog.get_logger(__name__)


class Front:
    """What the requests of one process share."""

    def __init__(self, app: Wsgi) -> None:
        self.app = app
        self.deadlines = Deadlines(BODY_WITHIN_S)
        self.large = BoundedSemaphore(LARGE_AT_A_TIME)

    def begin(self, watcher: Any) -> None:
        """granian calls this in one of its threads when the head of a request is there."""
        try:
            Exchange(self, watcher.scope, watcher.proto).begin()
        except Exception:
            # granian does not look at what is raised; a protocol that is dropped answers 500.
            log.exception("request_not_begun")


class Exchange:
    """One request and its answer."""

    def __init__(self, front: Front, scope: Any, protocol: Any) -> None:
        self._front = front
        self._protocol = protocol
        self._head = environ_of(scope)
        self._is_large = False
        length = self._head.get("CONTENT_LENGTH")
        self._length = None if length is None else int(length)
        self._body = Arriving(protocol, self._length)

    def begin(self) -> None:
        if self._length is None and "HTTP_TRANSFER_ENCODING" not in self._head:
            self._answer(b"")
            return
        self._front.deadlines.begin(self._body)
        if self._length is not None and self._length > LARGEST_OPEN:
            self._ask_for_more()
        else:
            self._body.receive(LARGEST_OPEN, self._arrived)

    def _arrived(self, outcome: Outcome) -> None:
        if outcome is Outcome.LARGER and not self._is_large:
            self._ask_for_more()
            return
        self._front.deadlines.end(self._body)
        if self._is_large:
            self._front.large.release()
        match outcome:
            case Outcome.LATE:
                self._too_late()
            case Outcome.BROKEN:
                # Nobody is there to read it.
                self._protocol.response_empty(400, [])
            case _:
                # Of too much the application says so.
                self._answer(self._body.body())

    def _ask_for_more(self) -> None:
        """Whether a large body is wanted is the route's to say, which knows who sends it."""
        try:
            self._call(self._head | {PENDING: Pending(self._body.so_far)})
        except Wanted as wanted:
            _let_go(wanted)
            self._is_large = self._front.large.acquire(blocking=False)
            if self._is_large:
                self._head[AGAIN] = True
                self._body.receive(wanted.at_most, self._arrived)
                return
            self._call(self._head | {AGAIN: True, PENDING: Pending(self._body.so_far, crowded=True)})
        self._front.deadlines.end(self._body)

    def _answer(self, body: bytes) -> None:
        self._call(self._head | {"wsgi.input": BytesIO(body), RECEIVED: body})

    def _call(self, environ: dict[str, Any]) -> None:
        """Answers with what the application says."""
        said: list[tuple[int, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            said.append((int(status[:3]), headers))

        environ.setdefault("wsgi.input", BytesIO())
        try:
            parts = self._front.app(environ, start_response)
            try:
                text = b"".join(parts)
            finally:
                if hasattr(parts, "close"):
                    parts.close()
            self._protocol.response_bytes(*said[-1], text)
        except Exception as error:
            log.exception("request_not_answered")
            self._protocol.response_empty(500, [])
            _let_go(error)

    def _too_late(self) -> None:
        # The application is not asked: as many as there are connections may be late at one moment.
        request_id = secrets.token_hex(16)
        problem = HTTP_PROBLEMS[408]
        text = {
            "type": f"/problems/{problem.code}",
            "title": problem.title,
            "status": 408,
            "code": problem.code,
            "detail": problem.meaning,
            "request_id": request_id,
        }
        headers = [
            ("Content-Type", "application/problem+json"),
            ("Connection", "close"),
            ("X-Request-Id", request_id),
        ]
        self._protocol.response_bytes(408, headers, json.dumps(text).encode())
        log.info("body_given_up", request_id=request_id, address=self._head["REMOTE_ADDR"])
        metrics.count(self._head["REQUEST_METHOD"], UNMATCHED, 408)


def _let_go(error: BaseException) -> None:
    """Flask's frame and the error hold each other, and with them the connection, which would not end."""
    error.__traceback__ = None


# What stands in every environ.
ALWAYS: dict[str, Any] = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    # werkzeug may read a body without a length to its end.
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
# WSGI has two headers without the prefix.
_BARE = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def environ_of(scope: Any) -> dict[str, Any]:
    """All of it but `wsgi.input`."""
    server, port = _address(scope.server)
    return {
        **ALWAYS,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": _address(scope.client)[0],
        "REQUEST_METHOD": scope.method,
        # WSGI's strings are bytes in disguise.
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "wsgi.url_scheme": scope.scheme,
        **_headers(scope.headers),
    }


def _headers(headers: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers.items():
        key = _key(name)
        if key is None:
            continue
        if key not in found:
            found[key] = value
        elif name not in _BARE:
            found[key] += f"{';' if name == 'cookie' else ','}{value}"
    # What is not ASCII is left out above; that it was sent must not be.
    if len(found) < len(headers):
        for name in headers.keys():  # noqa: SIM118 - No mapping.
            key = _key(name)
            if key is not None:
                found.setdefault(key, "")
    return found


@lru_cache(maxsize=1024)
def _key(name: str) -> str | None:
    """None for a name with an underscore: X_Forwarded_For would be taken for X-Forwarded-For."""
    if "_" in name:
        return None
    return _BARE.get(name) or f"HTTP_{name.upper().replace('-', '_')}"


def _address(text: str) -> tuple[str, str]:
    """Host and port of 192.0.2.1:80 or [2001:db8::1%2]:80, without the interface."""
    host, _, port = text.rpartition(":")
    return host.strip("[]").partition("%")[0], port
