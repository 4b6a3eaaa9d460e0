"""What a letter of a restriction tells beside its message's payload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from secmon.accounts import service as accounts
from secmon.accounts import zones
from secmon.accounts.service import AccountUnknown
from secmon.database.work import Work
from secmon.wording import hold_remedies


def restricted(
    default: ZoneInfo, work: Work, account_id: str, payload: Mapping[str, Any], locale: str
) -> dict[str, str]:
    """Until when, by the owner's clock, what not at all and what up to how much, and what to do about it.

    Nothing where the account was erased in the meantime.
    """
    try:
        zone = zones.zone_of(accounts.get(work, account_id).time_zone, default)
    except AccountUnknown:
        return {}
    limited = payload.get("above_cap", [])
    told = {
        "blocked": ",".join(action for action in payload.get("actions", []) if action not in limited),
        "limited": ",".join(limited),
        "most": hold_remedies.most(payload.get("cap") or {}, locale),
        # Whoever locked something wants no date at the end of time.
        "until": _until(payload.get("until"), zone),
        "steps": payload.get("reason", ""),
    }
    return {name: text for name, text in told.items() if text}


def _until(until: str | None, zone: ZoneInfo) -> str:
    return "" if until is None else zones.told(datetime.fromisoformat(until), zone)
