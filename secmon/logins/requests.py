"""From a request's body to a login event."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from flask import request
from msgspec.structs import replace
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from secmon.core.errors import EventReused, FieldError, Invalid
from secmon.devices import device_proof
from secmon.devices.device_proof import ProofMalformed
from secmon.devices.proven import DeviceProof
from secmon.geo.place import Place
from secmon.logins import repeated, shapes
from secmon.logins.challenges import ChallengeResult
from secmon.logins.event import FailureReason, LoginChannel, LoginEvent, LoginOutcome
from secmon.logins.ingest import Ingested
from secmon.logins.judges import JUDGES
from secmon.logins.schemas import MOST_EVENTS, BatchRequest, LoginEventRequest
from secmon.web import body, receiving
from secmon.web.strict_json import Parsed, refused

# Clocks differ; what is dated further ahead than this was not read off a clock.
CLOCK_SKEW = timedelta(minutes=5)


def login_event(body: Mapping[str, Any], now: datetime) -> LoginEvent:
    """The event that a loaded body describes, its place completed; raises `Invalid` for a time to come."""
    _check_clock(body["occurred_at"], now)
    geo = body.get("geo")
    said = Place(**{name: value for name, value in geo.items() if value is not None}) if geo else None
    reason, channel = body.get("failure_reason"), body.get("channel")
    event = LoginEvent(
        event_id=body["event_id"],
        account_id=body["account_id"],
        occurred_at=body["occurred_at"],
        outcome=LoginOutcome(body["outcome"]),
        ip=body["ip"],
        user_agent=body["user_agent"],
        failure_reason=FailureReason(reason) if reason else None,
        device_id=body.get("device_id"),
        session_id=body.get("session_id"),
        channel=LoginChannel(channel) if channel else None,
        amr=tuple(body.get("amr") or ()),
        place=JUDGES.chosen().place_of(body["ip"], said),
        proof=_proof(body),
        sent_proof=body.get("device_proof") is not None,
    )
    return replace(event, digest=repeated.digest(event, said))


def _proof(body: Mapping[str, Any]) -> DeviceProof | None:
    text, device_id = body.get("device_proof"), body.get("device_id")
    if text is None:
        return None
    try:
        if device_id is None:
            raise ProofMalformed("Proves a device_id, and none was sent")
        return device_proof.read(
            text,
            JUDGES.chosen().nonces,
            account_id=body["account_id"],
            device_id=device_id,
            occurred_at=body["occurred_at"],
        )
    except ProofMalformed as error:
        raise Invalid(errors=(FieldError("/device_proof", str(error)),)) from None


def challenge_settled(body: Mapping[str, Any], now: datetime) -> ChallengeResult:
    """What the wallet tells of a challenge; raises as `login_event`."""
    occurred_at: datetime | None = body.get("occurred_at")
    if occurred_at is not None:
        _check_clock(occurred_at, now)
    return ChallengeResult(body["outcome"], body["method"], occurred_at)


def _check_clock(occurred_at: datetime, now: datetime) -> None:
    if occurred_at > now + CLOCK_SKEW:
        raise Invalid(errors=(FieldError("/occurred_at", "Lies in the future"),))


NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
BLOCK = 64 * 1024
EVENTS = "/events"
_BATCH = BatchRequest()
_EVENT = LoginEventRequest()

# An event that is right, or what the schema has to judge; None for what is no JSON.
Given = dict[str, Any] | Parsed | None
# An event, or why it is none; with the event_id that it claims.
Read = tuple[str | None, LoginEvent | tuple[FieldError, ...]]


def read_events(now: datetime) -> list[Read]:
    """The events of the request, in order. Raises for what is no batch at all: 400, 415, 422."""
    if body.is_json():
        whole = receiving.whole()
        found: Iterable[Given] = shapes.events(whole) or _document(whole)
    elif request.mimetype in NDJSON:
        found = map(_line, _lines())
    else:
        raise UnsupportedMediaType
    return [_read(index, given, now) for index, given in enumerate(found)]


def as_imported(read: Read) -> Read:
    """The same of the wallet's past."""
    event_id, event = read
    # Nobody signed then what could have been asked for.
    if not isinstance(event, LoginEvent):
        return read
    return event_id, replace(event, imported=True, proof=None, sent_proof=False)


def _document(raw: bytes) -> list[Parsed]:
    whole = body.parse(raw)
    body.require_clean(whole, apart_from=EVENTS)
    events = body.load(_BATCH, whole.document)["events"]
    return [Parsed(event, whole.suspect) for event in events]


def _lines() -> Iterator[bytes]:
    """Line by line from the connection: what is held is one line and what was made of the others."""
    count = 0
    for line in _received():
        if not line.strip():
            continue
        count += 1
        if count > MOST_EVENTS:
            raise Invalid(errors=(FieldError(EVENTS, f"At most {MOST_EVENTS} events a request"),))
        yield line
    if count == 0:
        raise Invalid(errors=(FieldError(EVENTS, "At least one event is needed"),))


def _received() -> Iterator[bytes]:
    """The body's lines, read in blocks: the server's own stream looks for line ends a byte at a time."""
    # Whole, for in pieces it could come as slowly as its sender likes.
    body_of = BytesIO(receiving.whole())
    rest = b""
    while block := body_of.read(BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        yield from lines
    yield rest


def _line(line: bytes) -> Given:
    try:
        return shapes.read(line) or body.parse(line)
    except BadRequest:
        return None


def _read(index: int, given: Given, now: datetime) -> Read:
    prefix = f"{EVENTS}/{index}"
    if given is None:
        return None, (FieldError(prefix, "Is no JSON object"),)
    event_id = _claimed(given)
    try:
        return event_id, login_event(_loaded(given), now)
    except Invalid as error:
        return event_id, _below(prefix, error)


def _claimed(given: dict[str, Any] | Parsed) -> str | None:
    document = given.document if isinstance(given, Parsed) else given
    claimed = document.get("event_id") if isinstance(document, dict) else None
    return claimed if isinstance(claimed, str) and not any(refused(claimed)) else None


def _loaded(given: dict[str, Any] | Parsed) -> dict[str, Any]:
    if not isinstance(given, Parsed):
        return given
    body.require_clean(given)
    return body.load(_EVENT, given.document)


def _below(prefix: str, error: Invalid) -> tuple[FieldError, ...]:
    return tuple(FieldError(prefix + one.pointer, one.message) for one in error.errors)


def write_results(events: list[Read], done: Iterator[Ingested]) -> str:
    """The answer's JSON text; each assessment is the stored text, word for word, where the event is new."""
    results = []
    for index, (event_id, read) in enumerate(events):
        head = f'{{"index":{index},"event_id":{json.dumps(event_id)},"status":'
        one = next(done) if isinstance(read, LoginEvent) else None
        if one is not None and one.answer is not None:
            status = "created" if one.created else "duplicate"
            results.append(f'{head}"{status}","assessment":{one.answer}}}')
        else:
            found = _reused(index) if isinstance(read, LoginEvent) else read
            errors = [{"pointer": error.pointer, "message": error.message} for error in found]
            results.append(f'{head}"invalid","errors":{json.dumps(errors)}}}')
    return f'{{"results":[{",".join(results)}]}}'


def _reused(index: int) -> tuple[FieldError, ...]:
    return (FieldError(f"{EVENTS}/{index}/event_id", f"{EventReused.code}: {EventReused.title}"),)


# Requests that work as they are, for the API document and the README.
LOGIN_EVENT = {
    "event_id": "evt-1",
    "account_id": "acct-1",
    "occurred_at": "2026-11-22T10:00:00+08:00",
    "outcome": "success",
    "ip": "203.0.113.7",
    "user_agent": "UWallet/5.2 (Android 14; Xiaomi 2201123C)",
    "device_id": "ins-9f31",
    "session_id": "s-1",
    "channel": "app",
    "amr": ["pwd"],
    "geo": {
        "country": "CN",
        "region": "BJ",
        "city": "Beijing",
        "latitude": 39.9,
        "longitude": 116.4,
        "asn": 4134,
    },
}
ASSESSMENT_REQUEST = {
    name: value for name, value in LOGIN_EVENT.items() if name not in {"event_id", "outcome"}
}
BATCH = {
    "events": [LOGIN_EVENT, {**LOGIN_EVENT, "event_id": "evt-2", "occurred_at": "2026-11-22T19:30:00+08:00"}]
}
