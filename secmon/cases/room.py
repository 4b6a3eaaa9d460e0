"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta

from secmon.cases import erasure_routes, routes, service, targets, timeline
from secmon.cases.models import Approval, AskedErasure, Case, IdentityCheck, Note
from secmon.rooms.duty import Duty, in_one_work
from secmon.rooms.room import Room
from secmon.settings.environment import Settings


def _duties(_settings: Settings) -> tuple[Duty, ...]:
    return (Duty("tell-overdue-cases", timedelta(minutes=1), in_one_work(targets.tell_overdue)),)


ROOM = Room(
    routes=(routes.messages, routes.blp, erasure_routes.blp),
    tables=(Approval, Case, AskedErasure, IdentityCheck, Note),
    eraser=service.erase,
    timeline=(timeline.NOTES,),
    duties=_duties,
)
