"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.observing import health, metrics
from secmon.rooms.room import Room

ROOM = Room(routes=(health.blp, metrics.blp))
