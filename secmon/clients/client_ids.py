"""Client ids as they are sent: text that is one, or nobody's."""

from __future__ import annotations

import uuid

NOBODYS_ID = uuid.UUID(int=0)


def parsed(client_id: str) -> uuid.UUID:
    """The id in that very spelling; nobody's where the text is none."""
    try:
        found = uuid.UUID(client_id)
    except ValueError:
        return NOBODYS_ID
    return found if str(found) == client_id else NOBODYS_ID
