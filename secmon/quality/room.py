"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta

from secmon.quality import counting, routes, verdicts
from secmon.quality.models import LoginVerdict, QualityWeek
from secmon.rooms.duty import Duty
from secmon.rooms.room import Kept, Retention, Room
from secmon.settings.environment import Settings


def _duties(_settings: Settings) -> tuple[Duty, ...]:
    return (Duty("count-quality", timedelta(minutes=10), counting.count_due),)


ROOM = Room(
    routes=(routes.blp, routes.verdict_routes),
    tables=(LoginVerdict, QualityWeek),
    eraser=verdicts.erase,
    duties=_duties,
    retention=(Retention("purge-login-verdicts", Kept.EVENTS, verdicts.purge),),
)
