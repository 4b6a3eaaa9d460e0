"""A webhook receiver that costs little: answers 204, and counts messages of an account out of order."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class _Post(asyncio.Protocol):
    """One kept-alive connection; `state` is shared by all of them."""

    def __init__(self, state: dict[str, int], last: dict[str, int]) -> None:
        self._state, self._last = state, last
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        self._count(rest[:length])
        self._transport.write(_ANSWER)

    def _count(self, body: bytes) -> None:
        data = json.loads(body)["data"]
        account_id, number = data.get("account_id", ""), data.get("number", 0)
        self._state["received"] += 1
        self._state["disordered"] += number <= self._last.get(account_id, 0)
        self._last[account_id] = number


@contextmanager
def receiver() -> Iterator[tuple[int, Connection]]:
    """A receiver in a process of its own: its port, and a pipe that answers anything sent with its counts."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv(), ours
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection) -> None:
    asyncio.run(_listen(pipe))


async def _listen(pipe: Connection) -> None:
    loop, state, last = asyncio.get_running_loop(), {"received": 0, "disordered": 0}, dict[str, int]()
    server = await loop.create_server(lambda: _Post(state, last), "127.0.0.1", 0)

    def answer() -> None:
        pipe.recv()
        pipe.send(dict(state))
        state.update(received=0, disordered=0)
        last.clear()

    loop.add_reader(pipe.fileno(), answer)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()
