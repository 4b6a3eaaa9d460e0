"""When is an owner reminded? The stages of a password's life, and the hours in which owners are awake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secmon.credentials import age
from secmon.credentials.age import PasswordStatus, Reminding

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
AGE = timedelta(days=90)
# Ten in the morning in Shanghai.
CHANGED = datetime(2026, 1, 1, 2, 0, tzinfo=UTC)
RULES = Reminding(AGE, SHANGHAI)


@pytest.mark.parametrize(
    ("days", "stage", "state"),
    [
        (0, 0, PasswordStatus.FRESH),
        (75, 0, PasswordStatus.FRESH),
        (76, 1, PasswordStatus.DUE_SOON),
        (89, 1, PasswordStatus.DUE_SOON),
        (90, 2, PasswordStatus.DUE),
        (119, 2, PasswordStatus.DUE),
        (120, 3, PasswordStatus.DUE),
        (150, 4, PasswordStatus.DUE),
    ],
)
def test_fourteen_days_before_on_the_day_and_every_thirty_after(
    days: int, stage: int, state: PasswordStatus
) -> None:
    found = age.stage(CHANGED, CHANGED + timedelta(days=days), AGE)
    assert (found, age.state(found)) == (stage, state)


@given(st.integers(1, 1000), st.integers(30, 3000))
def test_a_stage_begins_where_it_says(stage: int, days: int) -> None:
    chosen = timedelta(days=days)
    begins = age.begins(CHANGED, stage, chosen)
    assert age.stage(CHANGED, begins, chosen) == stage
    assert age.stage(CHANGED, begins - timedelta(microseconds=1), chosen) == stage - 1


def test_who_was_never_reminded_is_due_at_once_and_once() -> None:
    now = CHANGED + timedelta(days=155)
    assert age.next_reminder(CHANGED, 0, now, RULES, SHANGHAI) == CHANGED + timedelta(days=150)
    assert age.next_reminder(CHANGED, 4, now, RULES, SHANGHAI) == CHANGED + timedelta(days=180)


def test_a_longer_age_begins_anew() -> None:
    longer = Reminding(timedelta(days=365), SHANGHAI)
    now = CHANGED + timedelta(days=100)
    assert age.next_reminder(CHANGED, 2, now, longer, SHANGHAI) == CHANGED + timedelta(days=351)


@pytest.mark.parametrize(
    ("local", "waits_until"),
    [
        ("2026-11-22T08:59:59", "2026-11-22T09:00:00"),
        ("2026-11-22T09:00:00", "2026-11-22T09:00:00"),
        ("2026-11-22T19:59:59", "2026-11-22T19:59:59"),
        ("2026-11-22T20:00:00", "2026-11-23T09:00:00"),
        ("2026-11-22T23:30:00", "2026-11-23T09:00:00"),
        ("2026-11-22T00:00:00", "2026-11-22T09:00:00"),
    ],
)
@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK])
def test_nobody_is_written_to_at_night(local: str, waits_until: str, zone: ZoneInfo) -> None:
    instant = datetime.fromisoformat(local).replace(tzinfo=zone)
    assert age.in_hours(instant.astimezone(UTC), zone) == datetime.fromisoformat(waits_until).replace(
        tzinfo=zone
    )


def test_nine_o_clock_is_nine_o_clock_on_the_day_the_clocks_change() -> None:
    evening_before = datetime(2026, 3, 7, 23, 0, tzinfo=NEW_YORK)
    assert age.in_hours(evening_before.astimezone(UTC), NEW_YORK) == datetime(2026, 3, 8, 13, 0, tzinfo=UTC)
