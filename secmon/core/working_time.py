"""Working time: which hours count, in a named zone, and how instants and durations add up in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
# Farther than any target reaches, were its case left standing for decades; a calendar without a working
# day in it is a mistake.
HORIZON_DAYS = 36_600


class NoWorkingTime(ValueError):
    """The calendar has no working day within reach."""


Hours = tuple[timedelta, timedelta]

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS = (timedelta(hours=9), timedelta(hours=18))
MON_TO_FRI = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """`hours` are wall-clock times of the zone, as time since midnight; the second may be 24 h.

    `weekdays` count from Monday, 0. `holidays` are days off; `extra_days` are worked whatever the weekday.
    """

    zone: ZoneInfo = SHANGHAI
    hours: Hours = OFFICE_HOURS
    weekdays: frozenset[int] = MON_TO_FRI
    holidays: frozenset[date] = frozenset()
    extra_days: frozenset[date] = frozenset()

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The instant by which `duration` of working time has passed since `start`, in UTC."""
        left = duration
        for opens, closes in self._spans(start):
            if opens + left <= closes:
                return opens + left
            left -= closes - opens
        raise NoWorkingTime

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two instants; nothing where `end` is not later."""
        passed = timedelta()
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            passed += min(closes, end) - opens
        return passed

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working spans from `start` on, as instants: days on which the clocks change count as they are."""
        first = start.astimezone(self.zone).date()
        for day in (first + timedelta(days=number) for number in range(HORIZON_DAYS)):
            if not self._is_worked(day):
                continue
            closes = self._instant(day, self.hours[1])
            if closes > start:
                yield max(self._instant(day, self.hours[0]), start.astimezone(UTC)), closes

    def _is_worked(self, day: date) -> bool:
        return day in self.extra_days or (day.weekday() in self.weekdays and day not in self.holidays)

    def _instant(self, day: date, since_midnight: timedelta) -> datetime:
        # Wall-clock arithmetic: 24:00 is the next day's midnight, whatever happened in between.
        local = datetime.combine(day, time()) + since_midnight
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def parse_hours(text: str) -> Hours:
    """`09:00-18:00`, to `24:00` at the latest; raises `ValueError`."""
    match = _HOURS.fullmatch(text)
    if match is None:
        raise ValueError("must be hours such as 09:00-18:00")
    first, second, third, fourth = map(int, match.groups())
    opens, closes = timedelta(hours=first, minutes=second), timedelta(hours=third, minutes=fourth)
    if not opens < closes <= timedelta(hours=24):
        raise ValueError("must end later than it begins, and by 24:00")
    return opens, closes


def parse_weekdays(text: str) -> frozenset[int]:
    """`Mon,Tue,Wed`; raises `ValueError`."""
    names = [word.strip().title() for word in text.split(",")]
    if not set(names) <= set(WEEKDAYS):
        raise ValueError(f"must be some of {','.join(WEEKDAYS)}")
    return frozenset(WEEKDAYS.index(name) for name in names)


def parse_days(text: str) -> frozenset[date]:
    """`2026-12-25,2027-01-01`; raises `ValueError`."""
    return frozenset(date.fromisoformat(word.strip()) for word in text.split(",") if word.strip())


def parse_zone(text: str) -> ZoneInfo:
    """A zone of the IANA database, `Asia/Shanghai`; raises `ValueError`."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, IsADirectoryError):
        raise ValueError("must be a time zone such as Asia/Shanghai") from None
