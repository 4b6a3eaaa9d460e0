"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta

from secmon.devices.user_agents import UserAgentReader
from secmon.logins import marks, population, routes, timeline
from secmon.logins.models import (
    EntryMark,
    FailureMark,
    FailureSpan,
    PopulationCount,
    PopulationProgress,
    RareValue,
    StoredLogin,
    StoredProfile,
    Uncounted,
)
from secmon.rooms.duty import Duty, in_one_work
from secmon.rooms.room import Room
from secmon.settings.environment import Settings


def _duties(settings: Settings) -> tuple[Duty, ...]:
    reader = UserAgentReader(settings.app_products)
    return (
        Duty("count-population", timedelta(seconds=5), in_one_work(population.Counting(reader))),
        Duty("purge-failure-marks", timedelta(minutes=10), in_one_work(marks.purge_marks)),
        Duty("watch-failures", timedelta(minutes=1), in_one_work(marks.watch_failures)),
    )


ROOM = Room(
    routes=(routes.blp, routes.nonces),
    tables=(
        EntryMark,
        FailureMark,
        FailureSpan,
        PopulationCount,
        PopulationProgress,
        RareValue,
        StoredLogin,
        StoredProfile,
        Uncounted,
    ),
    eraser=timeline.erase,
    timeline=(timeline.LOGINS,),
    duties=_duties,
)
