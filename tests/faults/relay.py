"""Between a client and the service: hands every answer on, or lets one get lost after it was given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.faults.site import ANSWERS_WITHIN_S

PASSED_ON = ("authorization", "content-type", "idempotency-key", "if-match")


class Relay:
    """Listens on 127.0.0.1. `lost` is the last answer that did not arrive."""

    def __init__(self, upstream: str) -> None:
        self.lost: httpx.Response | None = None
        self._instead: Callable[[], None] | None = None
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name: value for name, value in self.headers.items() if name.lower() in PASSED_ON}
                try:
                    answer = httpx.post(
                        f"{upstream}{self.path}", content=body, headers=headers, timeout=ANSWERS_WITHIN_S
                    )
                except httpx.TransportError:
                    self.close_connection = True
                    return
                if relay.loses(answer):
                    self.close_connection = True
                    return
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Tests look at the answers instead."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def lose_next(self, instead: Callable[[], None]) -> None:
        """The next answer is given up for `instead`, and the client's connection closed."""
        self.lost, self._instead = None, instead

    def loses(self, answer: httpx.Response) -> bool:
        """Whether this answer gets lost."""
        instead, self._instead = self._instead, None
        if instead is None:
            return False
        self.lost = answer
        instead()
        return True

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def relaying(upstream: str) -> Iterator[Relay]:
    """A relay, until the block ends."""
    relay = Relay(upstream)
    try:
        yield relay
    finally:
        relay.close()
