"""Reaching another machine in bounded time: names, addresses and handshakes share one end."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

# Each may take its share of the time; whoever has more than these is reached by them or not at all.
MOST_ADDRESSES = 3

# As `socket.getaddrinfo`: the address is the fifth of each answer.
Resolve = Callable[..., list[Any]]


def looked_up(host: str, port: int, seconds: float, resolve: Resolve = socket.getaddrinfo) -> list[Any]:
    """What `resolve` answers; raises `TimeoutError` after `seconds`, and otherwise what `resolve` does.

    In a thread, for nothing ends a look-up: it goes on, and nobody waits for it.
    """
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolve(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=look_up, name=f"resolve-{host}", daemon=True).start()
    try:
        answer = answers.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise TimeoutError(f"{host} was not resolved in time") from None
    if isinstance(answer, Exception):
        raise answer
    found: list[Any] = answer
    return found


def dialled(host: str, port: int, ends: float, resolve: Resolve = socket.getaddrinfo) -> socket.socket:
    """A connection to one of the first addresses of `host`, by `ends` on the monotonic clock.

    Raises `OSError`.
    """
    failure: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in looked_up(host, port, ends - time.monotonic(), resolve)[
        :MOST_ADDRESSES
    ]:
        line = socket.socket(family, kind, protocol)
        line.settimeout(max(0.001, ends - time.monotonic()))
        try:
            line.connect(address)
        except OSError as error:
            line.close()
            failure = error
        else:
            return line
    raise failure


@contextmanager
def cut_off_after(line: socket.socket, seconds: float) -> Iterator[None]:
    """Ends the connection unless the block ends in time, whatever was wrapped around the socket meanwhile."""
    # Of its own, for who encrypts a connection takes the socket's place.
    held = line.dup()
    timer = threading.Timer(max(0.0, seconds), _cut, [held])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        held.close()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
