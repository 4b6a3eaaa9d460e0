"""A stored login as the event it was."""

from __future__ import annotations

from datetime import UTC

from secmon.logins.event import Channel, FailureReason, LoginEvent, Outcome, Place
from secmon.logins.models import StoredLogin


def event_of(stored: StoredLogin) -> LoginEvent:
    """What the wallet reported, its place as it was completed then."""
    return LoginEvent(
        event_id=stored.event_id,
        account_id=stored.account_id,
        occurred_at=stored.occurred_at.astimezone(UTC),
        outcome=Outcome(stored.outcome),
        ip=stored.ip,
        user_agent=stored.user_agent,
        failure_reason=FailureReason(stored.failure_reason) if stored.failure_reason else None,
        device_id=stored.device_id,
        session_id=stored.session_id,
        channel=Channel(stored.channel) if stored.channel else None,
        amr=tuple(stored.amr.split(",")) if stored.amr else (),
        place=Place.from_json(stored.place) if stored.place else None,
        imported=bool(stored.imported),
    )
