"""What the composition root chooses for the support desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from secmon.cases.identity import LastChanged
from secmon.cases.timeline import TimelineSource
from secmon.core.keyring import KeyRing
from secmon.core.working_time import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Desk:
    """The working hours, every domain's part of the timeline, the ring that opens the signing key, and who
    knows when contacts changed.
    """

    calendar: WorkingCalendar
    sources: Sequence[TimelineSource]
    keys: KeyRing
    last_changed: LastChanged
