"""What the composition root chooses for the support desk."""

from __future__ import annotations

from dataclasses import dataclass

from secmon.cases.identity import LastChanged
from secmon.core.working_time import WorkingCalendar
from secmon.web.parts import Part


@dataclass(frozen=True, slots=True)
class Desk:
    """The working hours, and who knows when contacts changed."""

    calendar: WorkingCalendar
    last_changed: LastChanged


DESK: Part[Desk] = Part("desk")
