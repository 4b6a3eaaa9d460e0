"""What is refused before any rule of ours is asked, or breaks beside them, and how that is explained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HttpProblem:
    """What is refused before, or breaks beside, any rule of ours."""

    code: str
    title: str
    meaning: str
    advice: str


HTTP_PROBLEMS = {
    400: HttpProblem(
        "malformed_request",
        "The request cannot be read",
        "The body is not JSON in UTF-8 (RFC 8259), or the request breaks the rules of HTTP.",
        "Send one JSON document in UTF-8, without NaN, and nested no deeper than a person would.",
    ),
    405: HttpProblem(
        "method_not_allowed",
        "This method does not work here",
        "The address exists, but not for this method.",
        "Use one of the methods that the Allow header names.",
    ),
    408: HttpProblem(
        "body_too_slow",
        "The body came too slowly",
        "The whole body has to be there within 10 seconds of the head; the connection is closed.",
        "Send the same request again; send less at a time where the line is slow.",
    ),
    413: HttpProblem(
        "body_too_large",
        "The body is too large",
        "Bodies may hold 1 MiB, batches of login events 8 MiB, token requests and owners' forms 16 KiB.",
        "Send less at a time.",
    ),
    415: HttpProblem(
        "unsupported_media_type",
        "This content type is not understood here",
        "The Content-Type of the request is not one that this address reads.",
        "Send JSON with `Content-Type: application/json`, or what the documentation names for the address.",
    ),
    500: HttpProblem(
        "internal_error",
        "Something went wrong here",
        "A mistake of this service. It is recorded under the request_id; nothing of the request was kept.",
        "Tell the operator the request_id. The same request may be sent again.",
    ),
}
REFUSED = HttpProblem(
    "request_refused",
    "The request was refused",
    "The request breaks a rule of HTTP itself; the status says which.",
    "Look the status up in RFC 9110, section 15.",
)
