"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.devices import routes, service
from secmon.devices.models import Device
from secmon.rooms.room import Room

ROOM = Room(routes=(routes.blp,), tables=(Device,), eraser=service.erase)
