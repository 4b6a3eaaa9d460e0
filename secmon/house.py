"""Every room of the service. Who needs all routes, tables, erasers, duties … gathers them from here.

From the top of the house down: what belongs to another room's row is erased before that row.
"""

from __future__ import annotations

from secmon.accounts.room import ROOM as ACCOUNTS
from secmon.alerts.room import ROOM as ALERTS
from secmon.audit.room import ROOM as AUDIT
from secmon.cases.room import ROOM as CASES
from secmon.clients.room import ROOM as CLIENTS
from secmon.credentials.room import ROOM as CREDENTIALS
from secmon.database.tables import Base
from secmon.devices.room import ROOM as DEVICES
from secmon.freezes.room import ROOM as FREEZES
from secmon.gate.room import ROOM as GATE
from secmon.history.room import ROOM as HISTORY
from secmon.holds.room import ROOM as HOLDS
from secmon.logins.room import ROOM as LOGINS
from secmon.observing.room import ROOM as OBSERVING
from secmon.openapi.room import ROOM as OPENAPI
from secmon.outbox.room import ROOM as OUTBOX
from secmon.pages.room import ROOM as PAGES
from secmon.policies.room import ROOM as POLICIES
from secmon.quality.room import ROOM as QUALITY
from secmon.rooms.room import Room
from secmon.trials.room import ROOM as TRIALS
from secmon.twofactor.room import ROOM as TWOFACTOR
from secmon.web.room import ROOM as WEB
from secmon.webhooks.room import ROOM as WEBHOOKS
from secmon.worker.room import ROOM as WORKER

ROOMS: tuple[Room, ...] = (
    QUALITY,
    TRIALS,
    GATE,
    LOGINS,
    ALERTS,
    DEVICES,
    TWOFACTOR,
    CREDENTIALS,
    FREEZES,
    HISTORY,
    CASES,
    HOLDS,
    ACCOUNTS,
    CLIENTS,
    POLICIES,
    WEBHOOKS,
    AUDIT,
    PAGES,
    OPENAPI,
    OBSERVING,
    WEB,
    OUTBOX,
    WORKER,
)
ERASERS = tuple(room.eraser for room in ROOMS if room.eraser is not None)
SOURCES = tuple(source for room in ROOMS for source in room.timeline)
SEALED = tuple(column for room in ROOMS for column in room.sealed)
METADATA = Base.metadata
