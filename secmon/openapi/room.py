"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.openapi import docs_page, problem_pages
from secmon.rooms.room import Room

ROOM = Room(routes=(docs_page.blp, problem_pages.blp))
