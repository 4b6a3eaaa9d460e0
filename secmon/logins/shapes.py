"""A login event that is right, read in one pass.

The schemas are the contract, and say what is wrong. They cost more than all the rest of reading does, so what
comes in is first read as what it should be. Whatever is not just that is theirs to judge, refusals and
rarities alike: nothing is taken here that they refuse, and it is taken as they take it (a property test).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from secmon.geo.place import COUNTRIES
from secmon.logins.event import FailureReason, LoginChannel, LoginOutcome
from secmon.sealing.install_ids import is_reference
from secmon.web import fields

_QUOTE, _ESCAPE = b'"', b"\\"

_Method = Annotated[str, Meta(pattern=r"\A[a-z0-9_-]{1,16}\Z")]
_Identifier = Annotated[str, Meta(pattern=rf"\A{fields.IDENTIFIER.pattern}\Z")]
_Text64 = Annotated[str, Meta(min_length=1, max_length=64)] | None | UnsetType
_Text96 = Annotated[str, Meta(min_length=1, max_length=96)] | None | UnsetType
_Flag = bool | None | UnsetType


class Geo(Struct, forbid_unknown_fields=True):
    """As `schemas.GeoRequest`."""

    country: str | UnsetType | None = UNSET
    region: _Text64 = UNSET
    city: _Text96 = UNSET
    latitude: Annotated[float, Meta(ge=-90, le=90)] | UnsetType | None = UNSET
    longitude: Annotated[float, Meta(ge=-180, le=180)] | UnsetType | None = UNSET
    accuracy_radius_km: Annotated[float, Meta(ge=0, le=20000)] | UnsetType | None = UNSET
    asn: Annotated[int, Meta(ge=1, le=2**32 - 1)] | UnsetType | None = UNSET
    anonymizer: _Flag = UNSET
    hosting: _Flag = UNSET


class Event(Struct, forbid_unknown_fields=True):
    """As `schemas.LoginEventRequest`."""

    event_id: _Identifier
    account_id: _Identifier
    occurred_at: str
    outcome: LoginOutcome
    ip: str
    user_agent: Annotated[str, Meta(max_length=4096)]
    failure_reason: FailureReason | UnsetType | None = UNSET
    device_id: _Identifier | UnsetType | None = UNSET
    session_id: _Identifier | UnsetType | None = UNSET
    channel: LoginChannel | UnsetType | None = UNSET
    amr: Annotated[list[_Method], Meta(max_length=8)] | UnsetType | None = UNSET
    geo: Geo | UnsetType | None = UNSET
    device_proof: Annotated[str, Meta(min_length=1, max_length=2048)] | UnsetType | None = UNSET


class Batch(Struct, forbid_unknown_fields=True):
    """As `schemas.BatchRequest`, its events unread."""

    events: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=1000)]


_EVENT = msgspec.json.Decoder(Event)
_BATCH = msgspec.json.Decoder(Batch)


def events(raw: bytes) -> list[dict[str, Any]] | None:
    """As `read`, the events of a batch that are all right."""
    if _ESCAPE in raw:
        return None
    try:
        texts = _BATCH.decode(raw).events
    except (msgspec.MsgspecError, RecursionError):
        return None
    # The name of its only member is all that stands beside the events.
    if raw.count(_QUOTE) != 2 + sum(bytes(text).count(_QUOTE) for text in texts):
        return None
    found = []
    for text in texts:
        event = read(bytes(text))
        if event is None:
            return None
        found.append(event)
    return found


def read(raw: bytes) -> dict[str, Any] | None:
    """What the schema would load, or None where that has to look itself."""
    if _ESCAPE in raw:
        return None
    try:
        event = _EVENT.decode(raw)
        found = _members(event)
        found["occurred_at"] = fields.instant(event.occurred_at)
        found["ip"] = fields.address(event.ip)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    geo = found.get("geo")
    strings = _strings(found)
    if geo is not None:
        geo = found["geo"] = _members(geo)
        strings += _strings(geo)
    # With no escapes each quote begins or ends a string. Where there are more, a member is named twice.
    if raw.count(_QUOTE) != 2 * strings or not _fits_together(event, geo):
        return None
    return found


def _members(struct: Struct) -> dict[str, Any]:
    return {name: value for name in struct.__struct_fields__ if (value := getattr(struct, name)) is not UNSET}


def _strings(members: Mapping[str, Any]) -> int:
    """How many strings JSON has for these: their names, and the values that are some."""
    return len(members) + sum(
        len(value) if type(value) is list else name == "occurred_at" or isinstance(value, str)
        for name, value in members.items()
    )


def _fits_together(event: Event, geo: Mapping[str, Any] | None) -> bool:
    if event.outcome is LoginOutcome.SUCCESS and event.failure_reason not in {None, UNSET}:
        return False
    if isinstance(event.device_id, str) and is_reference(event.device_id):
        return False
    if geo is None:
        return True
    country = geo.get("country")
    if country is not None and country not in COUNTRIES:
        return False
    return (geo.get("latitude") is None) == (geo.get("longitude") is None)
