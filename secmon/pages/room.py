"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.pages import alert_routes
from secmon.rooms.room import Room

ROOM = Room(routes=(alert_routes.blp,))
