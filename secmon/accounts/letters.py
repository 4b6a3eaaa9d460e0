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


def restricted(
    default: ZoneInfo, work: Work, account_id: str, payload: Mapping[str, Any], _locale: str
) -> dict[str, str]:
    """Until when, by the owner's clock; nothing where the account was erased in the meantime."""
    try:
        zone = zones.zone_of(accounts.get(work, account_id).time_zone, default)
    except AccountUnknown:
        return {}
    until = payload.get("until")
    return {} if until is None else {"until": zones.told(datetime.fromisoformat(until), zone)}
