"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.history import routes
from secmon.history.sources import OWN_SOURCES
from secmon.rooms.room import Room

ROOM = Room(routes=(routes.blp,), timeline=OWN_SOURCES)
