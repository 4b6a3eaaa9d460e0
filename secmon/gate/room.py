"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.database.retention import Expired, Purged, delete_selected, oldest, purged
from secmon.database.work import Work
from secmon.gate import appeal_routes, appeals, lock_routes, routes
from secmon.gate.models import Appeal, GateRequest
from secmon.rooms.room import Kept, Retention, Room

BATCH = 1_000


def _purge(work: Work, expired: Expired) -> Purged:
    """The oldest requests."""
    return purged(
        delete_selected(work, GateRequest, oldest(GateRequest, GateRequest.asked_at, expired, BATCH))
    )


ROOM = Room(
    routes=(routes.blp, lock_routes.blp, appeal_routes.blp),
    tables=(GateRequest, Appeal),
    eraser=appeals.erase,
    retention=(Retention("purge-gate-requests", Kept.EVENTS, _purge),),
)
