"""By when? First response and resolution, by priority, in working time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from secmon.cases.states import CLOCK_STOPS, Priority, Status
from secmon.core.working_time import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Target:
    """Working time that a case may take."""

    first_response: timedelta
    resolution: timedelta


TARGETS: dict[Priority, Target] = {
    Priority.URGENT: Target(timedelta(minutes=15), timedelta(hours=4)),
    Priority.HIGH: Target(timedelta(hours=1), timedelta(hours=9)),
    Priority.NORMAL: Target(timedelta(hours=4), timedelta(hours=27)),
    Priority.LOW: Target(timedelta(hours=9), timedelta(hours=45)),
}


@dataclass(frozen=True, slots=True)
class Due:
    """`next` is the target that is running now; None while the clock stands still."""

    first_response: datetime
    resolution: datetime
    next: datetime | None


def due(
    calendar: WorkingCalendar,
    *,
    priority: Priority,
    status: Status,
    opened_at: datetime,
    first_responded_at: datetime | None,
    stood_still: timedelta,
) -> Due:
    """When a case is due; `stood_still` is the working time in which its clock was stopped."""
    target = TARGETS[priority]
    first_response = calendar.add(opened_at, target.first_response)
    resolution = calendar.add(opened_at, target.resolution + stood_still)
    running = resolution if first_responded_at is not None else first_response
    return Due(first_response, resolution, None if status in CLOCK_STOPS else running)
