"""How long changes of credentials are kept; what they made of the password's state stays."""

from __future__ import annotations

from secmon.credentials.models import CredentialChange
from secmon.database.retention import Expired, Purged, delete_selected, oldest, purged
from secmon.database.work import Work

BATCH = 1_000


def purge(work: Work, expired: Expired) -> Purged:
    """Deletes the oldest changes, by when they came in."""
    chosen = oldest(CredentialChange, CredentialChange.received_at, expired, BATCH)
    return purged(delete_selected(work, CredentialChange, chosen))
