"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.policies import routes
from secmon.policies.models import ShadowPolicy, StoredPolicy
from secmon.rooms.room import Room

ROOM = Room(routes=(routes.blp,), tables=(ShadowPolicy, StoredPolicy))
