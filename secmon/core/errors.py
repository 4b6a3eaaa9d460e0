"""Domain errors state facts. `web.problems` holds the one table that turns them into statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# Enough to mend a request by; a body of a mebibyte may hold a hundred thousand wrong fields.
MOST_ERRORS = 100


@dataclass(frozen=True, slots=True)
class FieldError:
    """One refused field: an RFC 6901 JSON pointer and a sentence."""

    pointer: str
    message: str


class DomainError(Exception):
    """A rule refused what was asked.

    `code` is stable. `title`, the class's docstring and `advice` are what /problems/<code> tells the
    developer who runs into it: what happened, what it means, what to do.
    """

    code = "refused"
    title = "The request was refused"
    advice = "Read the detail of the answer; asking the same again will not help."

    def __init__(self, detail: str | None = None, *, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = errors[:MOST_ERRORS]
        # Members of its own that the answer has beside the usual ones (RFC 9457 §3.2): JSON values.
        self.members: Mapping[str, Any] = {}


class NotFound(DomainError):
    """Unknown, or not the caller's to see: the two look the same."""

    code = "not_found"
    title = "There is no such thing here"
    advice = (
        "Check the address and the identifiers in it. What belongs to somebody else looks like this as well."
    )


class Conflict(DomainError):
    """The state of the thing does not allow this now."""

    code = "conflict"
    title = "The current state does not allow this"
    advice = "Read the resource again, and decide from how it stands now."


class EventReused(Conflict):
    """The account has another event of this id: the one that came now was neither judged nor stored."""

    code = "event_id_reused"
    title = "This event_id came with another event"
    advice = (
        "Report each event under an id of its own, and the very same event where it is reported again. Let "
        "nobody in on this answer."
    )


class Forbidden(DomainError):
    """Known caller, but a scope or rule forbids it."""

    code = "forbidden"
    title = "This caller may not do this"
    advice = "Use a client that has the right to do this; repeating the request does not change the answer."


class Invalid(DomainError):
    """Well-formed, but a field does not fit; `errors` point at which."""

    code = "invalid_fields"
    title = "Some fields are not valid"
    advice = "Correct the fields that `errors` points at (RFC 6901 pointers), then send the request again."


class Unauthenticated(DomainError):
    """No token, or one that is not (or no longer) good."""

    code = "unauthenticated"
    title = "A valid access token is needed"
    advice = "Ask /oauth/token for a new access token and send it as `Authorization: Bearer …`."


class PreconditionRequired(DomainError):
    """A versioned resource is changed without saying which version was seen (RFC 6585 §3)."""

    code = "if_match_required"
    title = "If-Match is required"
    advice = "Read the resource and send its ETag in If-Match."


class PreconditionFailed(DomainError):
    """The version seen is not the version that stands (RFC 9110 §15.5.13)."""

    code = "version_stale"
    title = "Another change came first"
    advice = "Read the resource again; if the change is still right, send it with the new ETag."


class Throttled(DomainError):
    """One caller asks more often than is good for the others; Retry-After says how long to wait."""

    code = "rate_limited"
    title = "Too many requests"
    advice = "Wait as long as Retry-After says. Asking earlier does not shorten the wait."

    def __init__(self, retry_after: timedelta, detail: str | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something this service needs did not answer in time; asking again later is right."""

    code = "unavailable"
    title = "The service cannot answer now"
    advice = "Send the same request again after Retry-After; with an Idempotency-Key nothing is done twice."
    retry_after = timedelta(seconds=2)
