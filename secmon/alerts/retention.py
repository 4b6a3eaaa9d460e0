"""How long alerts are kept: as long as the logins that they tell of."""

from __future__ import annotations

from secmon.alerts.models import Alert
from secmon.database.retention import Expired, Purged, delete_selected, oldest, purged
from secmon.database.work import Work

BATCH = 1_000


def purge(work: Work, expired: Expired) -> Purged:
    """Deletes the oldest alerts, answered or not."""
    return purged(delete_selected(work, Alert, oldest(Alert, Alert.raised_at, expired, BATCH)))
