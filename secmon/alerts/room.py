"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta

from secmon.alerts import bounds, retention, routes, service, timeline
from secmon.alerts.models import Alert, LetterBound
from secmon.rooms.duty import Duty, in_one_work
from secmon.rooms.room import Kept, Retention, Room
from secmon.settings.environment import Settings


def _duties(_settings: Settings) -> tuple[Duty, ...]:
    return (Duty("sum-up-alerts", timedelta(minutes=1), in_one_work(bounds.sum_up)),)


ROOM = Room(
    routes=(routes.blp,),
    tables=(Alert, LetterBound),
    eraser=service.erase,
    timeline=(timeline.ALERTS,),
    duties=_duties,
    retention=(Retention("purge-alerts", Kept.EVENTS, retention.purge),),
)
