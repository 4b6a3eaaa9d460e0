"""Bodies on open routes, read by a few of a process's threads only.

Whoever sends may take as long as they like over it, and has shown no token: slow senders to the token
endpoint must leave threads to those who have one.
"""

from __future__ import annotations

from threading import BoundedSemaphore

from flask import Flask, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from secmon.core.errors import Unavailable

# A form of a few fields; RFC 6749 and the owners' page need no more.
LARGEST = 16 * 1024
THREADS_LEFT = 2


def install(app: Flask, threads: int) -> None:
    """All but `THREADS_LEFT` of the process's `threads` may wait for such a body, and one in any case."""
    app.extensions["secmon.open_bodies"] = BoundedSemaphore(max(1, threads - THREADS_LEFT))


def receive() -> None:
    """Reads the request's body, for the route to find it there.

    Raises `Unavailable` where too many are being waited for already, and 413 for too much of it.
    """
    waiting: BoundedSemaphore = current_app.extensions["secmon.open_bodies"]
    request.max_content_length = LARGEST
    if not waiting.acquire(blocking=False):
        raise Unavailable("Too many requests are being received. Send this one again.")
    try:
        raw = request.get_data()
    finally:
        waiting.release()
    # Where no length is announced, werkzeug cuts the body off at the limit and says nothing.
    if request.content_length is None and len(raw) >= LARGEST:
        raise RequestEntityTooLarge
