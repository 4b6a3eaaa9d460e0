"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.rooms.room import Room
from secmon.worker.models import DutyRecord

ROOM = Room(tables=(DutyRecord,))
