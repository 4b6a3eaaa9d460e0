"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.openapi.pages import documentation, problems
from secmon.rooms.room import Room

ROOM = Room(routes=(documentation, problems))
