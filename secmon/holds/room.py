"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.database.retention import Expired, Purged, delete_selected, oldest, purged
from secmon.database.work import Work
from secmon.holds import routes, service, shown
from secmon.holds.models import Hold, StoredRules
from secmon.rooms.room import Kept, Retention, Room

BATCH = 1_000


def _purge(work: Work, expired: Expired) -> Purged:
    """The oldest of those that are over."""
    return purged(delete_selected(work, Hold, oldest(Hold, Hold.until, expired, BATCH)))


# What holds goes on after an erasure, as the tombstone does: else an erasure would be a way out.
ROOM = Room(
    routes=(routes.blp, routes.rules_blp),
    tables=(Hold, StoredRules),
    eraser=service.erase,
    stays=(Hold,),
    timeline=(shown.HOLDS,),
    retention=(Retention("purge-holds", Kept.EVENTS, _purge),),
)
