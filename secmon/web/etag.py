"""Versioned resources: strong ETags (RFC 9110 §8.8.3) from a row's version number."""

from __future__ import annotations

from flask import request

from secmon.core.errors import PreconditionFailed, PreconditionRequired


def etag(version: int | str) -> str:
    """The quoted entity tag of a version."""
    return f'"{version}"'


def seen_by_caller(version: int | str) -> bool:
    """Whether If-None-Match names this version: the answer is then 304.

    Compared weakly (RFC 9110 §13.1.2): a cache on the way may have marked the tag as weak. `*` names none:
    a caller that holds nothing must not be told that nothing has changed.
    """
    if "HTTP_IF_NONE_MATCH" not in request.environ:
        return False
    held, tag = request.if_none_match, str(version)
    return held.is_strong(tag) or held.is_weak(tag)


def versions_seen() -> frozenset[str] | None:
    """The versions that If-Match names; None without any: `*` says nothing of what was seen."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    return frozenset(request.if_match.as_set())


def require_match(*versions: int | str) -> None:
    """Refuses a change without `If-Match` (428), or one made upon none of these versions (412).

    `*` is none of them: whoever sends it has seen nothing.
    """
    if "If-Match" not in request.headers:
        raise PreconditionRequired("Send the ETag that you read in If-Match.")
    if not any(request.if_match.is_strong(str(version)) for version in versions):
        raise PreconditionFailed("Read the resource again, and repeat the change if it is still right.")
