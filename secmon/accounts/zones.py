"""The clock that an owner lives by."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(time_zone: str | None, default: ZoneInfo) -> ZoneInfo:
    """The account's own zone, or `default` where nobody said, or this machine does not know it."""
    try:
        return default if time_zone is None else ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return default


def told(instant: datetime, zone: ZoneInfo) -> str:
    """To the minute, by that clock: `2026-11-22 10:00 (Asia/Shanghai)`."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
