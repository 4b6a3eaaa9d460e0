"""A route reads its body when it knows who calls; until the body is there, no thread waits for it.

The server that ships (`secmon.serving`) receives small bodies first, and hands a request with a larger one
over without it. A route that wants such a body says so by raising `Wanted`, and is called again from the
start with all of it. Under any other server a body is read where it is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from secmon.core.errors import Unavailable

# A form of a few fields; RFC 6749 and the owners' page need no more. It is also how much is received of
# anybody's body before it is known who sends it.
LARGEST_OPEN = 16 * 1024
# Names in the environ: of a body that is there, of one that is not (`Pending`), and of the mark of a request
# that was begun before.
RECEIVED = "secmon.body"
PENDING = "secmon.body_pending"
AGAIN = "secmon.called_again"


@dataclass(frozen=True, slots=True)
class Pending:
    """A body that is not there; `crowded` where as many as there may be are being received already."""

    so_far: int = 0
    crowded: bool = False


class Wanted(BaseException):
    """The route takes a body of up to `at_most` bytes. Not for anybody between it and the server."""

    def __init__(self, at_most: int) -> None:
        super().__init__(at_most)
        self.at_most = at_most


def whole() -> bytes:
    """The request's body. Raises 413 for too much of it, and `Unavailable` where too many are received."""
    # Set for every application (web.frame); where it is not, no more is taken than of anybody.
    limit = request.max_content_length or LARGEST_OPEN
    pending: Pending | None = request.environ.get(PENDING)
    if pending is not None:
        _want(pending, limit)
    raw: bytes | None = request.environ.get(RECEIVED)
    if raw is not None and len(raw) <= limit:
        return raw
    raw = request.get_data()
    # Where no length is announced, werkzeug cuts the body off at the limit and says nothing.
    if request.content_length is None and len(raw) >= limit:
        raise RequestEntityTooLarge
    return raw


def open_body() -> None:
    """Reads a body that comes without a token, for the route to find it there; raises as `whole` does."""
    request.max_content_length = LARGEST_OPEN
    whole()


def called_again() -> bool:
    """Whether this request got as far as its body before, so that what it costs was counted."""
    return AGAIN in request.environ


def _want(pending: Pending, limit: int) -> None:
    if max(request.content_length or 0, pending.so_far) > limit:
        raise RequestEntityTooLarge
    if pending.crowded:
        raise Unavailable("Too many large requests are being received. Send this one again.")
    raise Wanted(limit)
