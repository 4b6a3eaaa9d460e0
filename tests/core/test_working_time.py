"""Working time adds up across nights, weekends, holidays and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secmon.core.working_time import (
    NoWorkingTime,
    WorkingCalendar,
    parse_days,
    parse_hours,
    parse_weekdays,
    parse_zone,
)

OFFICE = WorkingCalendar()
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (shanghai(23, 9), 9, shanghai(23, 18)),
        (shanghai(23, 17), 2, shanghai(24, 10)),
        (shanghai(23, 3), 1, shanghai(23, 10)),
        (shanghai(23, 18), 0, shanghai(24, 9)),
        (shanghai(20, 17), 2, shanghai(23, 10)),
        (shanghai(21, 12), 1, shanghai(23, 10)),
    ],
)
def test_time_is_worked_in_office_hours(start: datetime, hours: int, end: datetime) -> None:
    assert OFFICE.add(start, timedelta(hours=hours)) == end


def test_holidays_are_off_and_extra_days_are_worked() -> None:
    calendar = WorkingCalendar(
        holidays=frozenset({date(2026, 11, 24)}), extra_days=frozenset({date(2026, 11, 28)})
    )
    assert calendar.add(shanghai(23, 17), timedelta(hours=2)) == shanghai(25, 10)
    assert calendar.add(shanghai(27, 17), timedelta(hours=2)) == shanghai(28, 10)


def test_a_day_on_which_the_clocks_change_is_counted_as_it_was() -> None:
    day_and_night = WorkingCalendar(BERLIN, parse_hours("00:00-24:00"), frozenset(range(7)))
    midnight = datetime(2026, 10, 25, tzinfo=BERLIN)
    assert day_and_night.between(midnight, datetime(2026, 10, 26, tzinfo=BERLIN)) == timedelta(hours=25)
    assert day_and_night.add(midnight, timedelta(hours=25)) == datetime(2026, 10, 26, tzinfo=BERLIN)


@settings(deadline=None, max_examples=200)
@given(
    start=st.integers(0, 366 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes)),
    minutes=st.integers(1, 60 * 60),
)
def test_what_is_added_lies_between(start: datetime, minutes: int) -> None:
    duration = timedelta(minutes=minutes)
    assert OFFICE.between(start, OFFICE.add(start, duration)) == duration


def test_nothing_lies_between_an_instant_and_an_earlier_one() -> None:
    assert OFFICE.between(shanghai(24, 12), shanghai(23, 12)) == timedelta()


def test_a_calendar_without_a_working_day_says_so() -> None:
    with pytest.raises(NoWorkingTime):
        WorkingCalendar(weekdays=frozenset()).add(shanghai(23, 9), timedelta(hours=1))


def test_settings_are_read() -> None:
    assert parse_hours("08:30-24:00") == (timedelta(hours=8, minutes=30), timedelta(hours=24))
    assert parse_weekdays("mon, SAT") == {0, 5}
    assert parse_days("2026-12-25, 2027-01-01") == {date(2026, 12, 25), date(2027, 1, 1)}
    assert parse_zone("Europe/Berlin") == BERLIN


@pytest.mark.parametrize("text", ["9-18", "18:00-09:00", "09:00-24:30", "25:00-26:00", "09:00-09:00", ""])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_hours(text)


@pytest.mark.parametrize("text", ["Nowhere/City", "/etc/passwd", "../UTC", "Europe"])
def test_a_zone_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|ZoneInfo|normalized|absolute"):
        parse_zone(text)
