"""Whoever sends a request by hand over a socket: slowly, in pieces, or not to the end."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse

# What a request may take here on a machine that does other things too.
ANSWERED_WITHIN_S = 5.0


@contextmanager
def connections(port: int, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    """As many connections, each of which has said that."""
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), 30))
            connection.sendall(said)
            opened.append(connection)
        yield opened


def post(path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """The head of a request that announces what `headers` say, and the beginning of its body."""
    lines = [f"POST {path} HTTP/1.1", "Host: test", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def answered(senders: list[socket.socket], count: int, within_s: float = ANSWERED_WITHIN_S) -> None:
    """Waits until so many have been sent something."""
    give_up = time.monotonic() + within_s
    while len(readable := answered_by_now(senders)) < count:
        assert time.monotonic() < give_up, f"only {len(readable)} were answered"


def answered_by_now(senders: list[socket.socket]) -> list[socket.socket]:
    return select.select(senders, [], [], 0.1)[0]


def answer_to(sender: socket.socket) -> HTTPResponse:
    answer = HTTPResponse(sender)
    answer.begin()
    return answer


def is_closed(sender: socket.socket) -> bool:
    """Whether the other side has said all that it had to say, and has hung up."""
    sender.settimeout(ANSWERED_WITHIN_S)
    try:
        return not sender.recv(1)
    except ConnectionResetError:
        return True
