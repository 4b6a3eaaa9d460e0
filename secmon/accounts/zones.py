"""The clock that an owner lives by."""

from __future__ import annotations

from zoneinfo import ZoneInfo


def zone_of(time_zone: str | None, default: ZoneInfo) -> ZoneInfo:
    """The account's own zone, or `default` where nobody said."""
    return default if time_zone is None else ZoneInfo(time_zone)
