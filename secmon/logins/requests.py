"""From a request's body to a login event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from secmon.core.errors import FieldError, Invalid
from secmon.devices import device_proof
from secmon.devices.device_proof import ProofMalformed
from secmon.devices.proven import Proof
from secmon.logins import sameness
from secmon.logins.challenges import Settled
from secmon.logins.event import Channel, FailureReason, LoginEvent, Outcome, Place
from secmon.logins.judges import Judges

# Clocks differ; what is dated further ahead than this was not read off a clock.
CLOCK_SKEW = timedelta(minutes=5)


def judges() -> Judges:
    """What the composition root chose to judge with."""
    chosen: Judges = current_app.extensions["secmon.judges"]
    return chosen


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
        outcome=Outcome(body["outcome"]),
        ip=body["ip"],
        user_agent=body["user_agent"],
        failure_reason=FailureReason(reason) if reason else None,
        device_id=body.get("device_id"),
        session_id=body.get("session_id"),
        channel=Channel(channel) if channel else None,
        amr=tuple(body.get("amr") or ()),
        place=judges().place_of(body["ip"], said),
        proof=_proof(body),
        sent_proof=body.get("device_proof") is not None,
    )
    return replace(event, digest=sameness.digest(event, said))


def _proof(body: Mapping[str, Any]) -> Proof | None:
    text, device_id = body.get("device_proof"), body.get("device_id")
    if text is None:
        return None
    try:
        if device_id is None:
            raise ProofMalformed("Proves a device_id, and none was sent")
        return device_proof.read(
            text,
            judges().nonces,
            account_id=body["account_id"],
            device_id=device_id,
            occurred_at=body["occurred_at"],
        )
    except ProofMalformed as error:
        raise Invalid(errors=(FieldError("/device_proof", str(error)),)) from None


def challenge_settled(body: Mapping[str, Any], now: datetime) -> Settled:
    """What the wallet tells of a challenge; raises as `login_event`."""
    occurred_at: datetime | None = body.get("occurred_at")
    if occurred_at is not None:
        _check_clock(occurred_at, now)
    return Settled(body["outcome"], body["method"], occurred_at)


def _check_clock(occurred_at: datetime, now: datetime) -> None:
    if occurred_at > now + CLOCK_SKEW:
        raise Invalid(errors=(FieldError("/occurred_at", "Lies in the future"),))
