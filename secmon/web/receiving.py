"""Bodies are waited for by threads that are there for that, and by a few only.

The server hands a request over when its head is there, and whoever reads the rest is blocked for as long as
the sender likes: nothing ends that read but the sender, or the proxy in front. So a process has more
threads than requests that it works on at a time (`Working`); those that wait for a body work on none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import Flask, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from secmon.core.errors import Unavailable
from secmon.web.parts import Part

# A form of a few fields; RFC 6749 and the owners' page need no more.
LARGEST_OPEN = 16 * 1024
THREADS_LEFT = 2
# Threads that may wait for the bodies of callers with a token; the server is given so many more.
WAITING_THREADS = 8


class Receiving:
    """One application's: how many of its requests are worked on, and how many bodies are waited for."""

    def __init__(self, threads: int) -> None:
        self.working = BoundedSemaphore(threads)
        self.waiting = BoundedSemaphore(WAITING_THREADS)
        # Without a token: all but `THREADS_LEFT`, and one in any case.
        self.waiting_openly = BoundedSemaphore(max(1, threads - THREADS_LEFT))


RECEIVING: Part[Receiving] = Part("receiving")


def install(app: Flask, threads: int) -> None:
    """`threads`: how many requests the process works on at a time."""
    RECEIVING.put(app, Receiving(threads))


@contextmanager
def working() -> Iterator[None]:
    """One of the requests that are worked on, but while it waits for its body."""
    with RECEIVING.chosen().working:
        g.working = True
        try:
            yield
        finally:
            g.working = False


def whole() -> bytes:
    """The request's body. Raises `Unavailable` where too many are waited for, and 413 for too much of it."""
    return _received(RECEIVING.chosen().waiting)


def open_body() -> None:
    """Reads a body that comes without a token, for the route to find it there; raises as `whole` does."""
    request.max_content_length = LARGEST_OPEN
    _received(RECEIVING.chosen().waiting_openly)


def _received(waiting: BoundedSemaphore) -> bytes:
    if not waiting.acquire(blocking=False):
        raise Unavailable("Too many requests are being received. Send this one again.")
    try:
        with _not_working():
            raw = request.get_data()
    finally:
        waiting.release()
    # Where no length is announced, werkzeug cuts the body off at the limit and says nothing.
    limit = request.max_content_length
    if request.content_length is None and limit is not None and len(raw) >= limit:
        raise RequestEntityTooLarge
    return raw


@contextmanager
def _not_working() -> Iterator[None]:
    if not g.get("working", False):
        yield
        return
    place = RECEIVING.chosen().working
    place.release()
    try:
        yield
    finally:
        place.acquire()
