"""Owners of services in processes of their own, whose clock cannot be set."""

from __future__ import annotations

from datetime import datetime

from secmon.core.clock import system_clock
from tests.service import FakeClock
from tests.twofactor.owner import Owner


class RealClock(FakeClock):
    """What the processes go by."""

    @property
    def now(self) -> datetime:
        return system_clock()

    @now.setter
    def now(self, _instant: datetime) -> None: ...


def enrol_with_the_step_before(owner: Owner) -> Owner:
    """Confirmed with the code of the step before, so that the code of this step is good still."""
    started = owner.start()
    answer = owner.confirm(started["enrolment_id"], owner.code(-1)).raise_for_status()
    owner.recovery_codes = answer.json()["recovery_codes"]
    return owner
