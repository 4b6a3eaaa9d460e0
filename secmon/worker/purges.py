"""What the worker deletes, by class, and how long each class is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from secmon.alerts import retention as alerts
from secmon.cases import retention as cases
from secmon.cases import service as case_service
from secmon.core.actor import SYSTEM
from secmon.credentials import retention as credentials
from secmon.database.engine import Database
from secmon.database.retention import Expired, Purged
from secmon.database.work import Work
from secmon.freezes import retention as freezes
from secmon.logins import retention as logins
from secmon.outbox import retention as outbox
from secmon.settings.environment import Settings
from secmon.trials import comparisons
from secmon.worker.duty import Duty

EVERY = timedelta(minutes=10)

Purge = Callable[[Work, Expired], Purged]


def purges(settings: Settings) -> tuple[Duty, ...]:
    """The duties that delete what was kept long enough."""
    events = timedelta(days=settings.events_kept_days)
    records = timedelta(days=settings.records_kept_days)
    return (
        Duty(
            "purge-logins",
            EVERY,
            Sweep(partial(logins.purge_events, forget=comparisons.forget_logins), events).run,
        ),
        Duty("purge-alerts", EVERY, Sweep(alerts.purge, events).run),
        Duty("purge-credential-changes", EVERY, Sweep(credentials.purge, events).run),
        Duty("purge-messages", EVERY, Sweep(outbox.purge, events).run),
        Duty("purge-cases", EVERY, Sweep(_purge_cases, records).run),
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


def _purge_cases(work: Work, expired: Expired) -> Purged:
    return cases.purge(work, expired, along=freezes.purge_of_cases)
