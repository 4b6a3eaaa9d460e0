"""A relay in front of PostgreSQL that counts round trips by what the client says on the wire.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

BLOCK = 1 << 16
# After these a client waits: Query, Sync, which ends what was sent together, and Flush, which asks for the
# answers before the end. A Flush behind a Sync asks for nothing that is not on its way.
QUERY, SYNC, FLUSH = b"QSH"
# Asked in front of the start-up message: encryption by TLS or GSSAPI.
REQUESTS = frozenset({80877103, 80877104})


@dataclass(slots=True)
class Wire:
    """`round_trips` so far, over all connections through `port`."""

    port: int
    round_trips: int = 0


@dataclass(slots=True)
class _Frontend:
    """One client's half of a connection, cut into messages."""

    wire: Wire
    started: bool = False
    rest: bytearray = field(default_factory=bytearray)
    last: int = 0

    def said(self, data: bytes) -> None:
        self.rest += data
        while len(self.rest) >= 5:
            kind_length = 1 if self.started else 0
            length = kind_length + int.from_bytes(self.rest[kind_length : kind_length + 4])
            if len(self.rest) < length:
                return
            message = bytes(self.rest[:length])
            del self.rest[:length]
            if self.started:
                waits = message[0] in (QUERY, SYNC) or (message[0] == FLUSH and self.last != SYNC)
                self.wire.round_trips += waits
                self.last = message[0]
            else:
                self.started = int.from_bytes(message[4:8]) not in REQUESTS


@contextmanager
def counted(host: str, port: int) -> Iterator[Wire]:
    """The wire to that server, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = Wire(listener.getsockname()[1])
        threading.Thread(target=_accept, args=(listener, (host, port), wire), daemon=True).start()
        yield wire


def _accept(listener: socket.socket, server: tuple[str, int], wire: Wire) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            upstream = socket.create_connection(server)
            for ends in ((client, upstream, _Frontend(wire).said), (upstream, client, len)):
                threading.Thread(target=_pass_on, args=ends, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, note: Callable[[bytes], object]) -> None:
    source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with source:
        with suppress(OSError):
            while data := source.recv(BLOCK):
                note(data)
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
