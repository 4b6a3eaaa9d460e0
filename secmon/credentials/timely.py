"""Is a reminder that waited for the mail server still true, and is it the hour for it?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from secmon.accounts import service as accounts
from secmon.accounts.service import AccountUnknown
from secmon.accounts.zones import zone_of
from secmon.credentials import age
from secmon.credentials.age import PasswordStatus, Reminding
from secmon.credentials.models import PasswordState
from secmon.database.work import Work
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict


def objection(
    reminding: Reminding, work: Work, account_id: str, payload: Mapping[str, Any], owed_at: datetime
) -> AttemptOutcome | None:
    """Why this reminder is not sent now: told no more, or put off until the owner's morning."""
    state = work.session.get(PasswordState, account_id)
    if state is None or not _is_true(state, payload, owed_at, work.now, reminding):
        return AttemptOutcome(AttemptVerdict.DROPPED, error="it is not so any more")
    try:
        zone = zone_of(accounts.get(work, account_id).time_zone, reminding.zone)
    except AccountUnknown:
        return AttemptOutcome(AttemptVerdict.DROPPED, error="the account is not known any more")
    wait = age.in_hours(work.now, zone) - work.now
    return AttemptOutcome(AttemptVerdict.PUT_OFF, retry_after=wait) if wait else None


def _is_true(
    state: PasswordState, payload: Mapping[str, Any], owed_at: datetime, now: datetime, reminding: Reminding
) -> bool:
    if state.compromised_at is not None:
        return False
    if state.changed_at is None or payload["state"] == PasswordStatus.UNKNOWN:
        return state.changed_at is None and payload["state"] == PasswordStatus.UNKNOWN
    reached = age.stage(state.changed_at, now, reminding.age)
    if reached == age.FRESH or state.dismissed_stage == reached:
        return False
    # Of several that waited only the last one still tells anything.
    return age.begins(state.changed_at, reached, reminding.age) <= owed_at
