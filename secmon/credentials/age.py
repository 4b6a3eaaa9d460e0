"""How old is the password, and when is its owner reminded? Pure. Age never decides anything (R13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LEAD = timedelta(days=14)
EVERY = timedelta(days=30)
# Owners are written to between these hours of their own clocks; the later one is too late.
OPENS, CLOSES = time(9), time(20)

# Stages of a password's life: a reminder at the beginning of each but the first.
FRESH, DUE_SOON, DUE = 0, 1, 2


class PasswordStatus(StrEnum):
    UNKNOWN = "unknown"
    FRESH = "fresh"
    DUE_SOON = "due_soon"
    DUE = "due"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class Reminding:
    """The operator's choice: the age to remind of, and the zone of owners whose own is not known."""

    age: timedelta
    zone: ZoneInfo


def stage(changed_at: datetime, now: datetime, age: timedelta) -> int:
    """0 at first, 1 from `LEAD` before `age`, 2 from `age`, and one more every `EVERY` after it."""
    over = now - changed_at - age
    if over < -LEAD:
        return FRESH
    return DUE_SOON if over < timedelta(0) else DUE + over // EVERY


def begins(changed_at: datetime, of_stage: int, age: timedelta) -> datetime:
    """When a stage after the first begins; the inverse of `stage`."""
    if of_stage == DUE_SOON:
        return changed_at + age - LEAD
    return changed_at + age + (of_stage - DUE) * EVERY


def next_reminder(
    changed_at: datetime, reminded: int, now: datetime, reminding: Reminding, zone: ZoneInfo
) -> datetime:
    """When the owner, last reminded at the stage `reminded`, is reminded next, in waking hours.

    Of several reminders that were missed only the last one still tells anything: it is due at once. A date
    ahead of the clock, which was wrong then or is now, counts as now.
    """
    changed_at = min(changed_at, now)
    reached = stage(changed_at, now, reminding.age)
    done = max(min(reminded, reached), reached - 1)
    return in_hours(begins(changed_at, done + 1, reminding.age), zone)


def in_hours(instant: datetime, zone: ZoneInfo) -> datetime:
    """`instant` if it lies within the hours of `zone`, else the next time that they begin; in UTC."""
    local = instant.astimezone(zone)
    if OPENS <= local.time() < CLOSES:
        return instant
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, zone).astimezone(UTC)


def state(of_stage: int) -> PasswordStatus:
    """How a password of known age is called."""
    match of_stage:
        case 0:
            return PasswordStatus.FRESH
        case 1:
            return PasswordStatus.DUE_SOON
        case _:
            return PasswordStatus.DUE
