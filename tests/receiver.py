"""A wallet's webhook receiver: a real HTTP server that answers, or misbehaves, as a test tells it to."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.certificates import Certificate


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver says; `drop` closes the connection instead."""

    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    drop: bool = False


class Receiver:
    """Listens on 127.0.0.1 until closed, and there again as another one. `behave` may be set at any time.

    With a `certificate` it speaks TLS.
    """

    def __init__(self, port: int = 0, certificate: Certificate | None = None) -> None:
        self.received: list[Received] = []
        self.answered = 0
        self.behave: Callable[[Received], Answer] = lambda _received: Answer()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received = Received({name.lower(): value for name, value in self.headers.items()}, body)
                receiver.received.append(received)
                answer = receiver.behave(received)
                if answer.drop:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(answer.body)
                    receiver.answered += 1

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Tests look at `received` instead."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_port
        if certificate is not None:
            speaks = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            speaks.load_cert_chain(certificate.chain, certificate.key)
            self._server.socket = speaks.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'http' if certificate is None else 'https'}://127.0.0.1:{self.port}/secmon"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
