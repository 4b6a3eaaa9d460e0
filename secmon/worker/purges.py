"""What the worker deletes, by class, and how long each class is kept."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from secmon.cases import service as case_service
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.retention import Expired
from secmon.house import ROOMS
from secmon.rooms.duty import Duty
from secmon.rooms.room import Kept, Purge
from secmon.settings.environment import Settings

EVERY = timedelta(minutes=10)


def purges(settings: Settings) -> tuple[Duty, ...]:
    """The duties that delete what was kept long enough."""
    kept = {
        Kept.EVENTS: timedelta(days=settings.events_kept_days),
        Kept.RECORDS: timedelta(days=settings.records_kept_days),
    }
    return tuple(
        Duty(each.name, EVERY, Sweep(each.purge, kept[each.kept]).run)
        for room in ROOMS
        for each in room.retention
    )


class Sweep:
    """A purge, batch after batch, from the oldest row on; from there again once nothing is left.

    So what is under legal hold is passed over once a sweep, and not once a batch.
    """

    def __init__(self, purge: Purge, kept: timedelta) -> None:
        self._purge = purge
        self._kept = kept
        self._since: datetime | None = None

    def run(self, database: Database) -> int:
        """One batch, in a transaction of its own; answers how many rows went."""
        began = time.perf_counter()
        with database.work(SYSTEM) as work:
            expired = Expired(work.now - self._kept, case_service.holds, self._since)
            done = self._purge(work, expired)
        self._since = done.up_to
        if done.rows:
            # As long as the batch took: the others have the disk, and on SQLite the lock, half of the time.
            time.sleep(time.perf_counter() - began)
        return done.rows
