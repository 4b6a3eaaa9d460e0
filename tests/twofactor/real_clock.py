"""Owners of services in processes of their own, whose clock cannot be set."""

from __future__ import annotations

from datetime import datetime

import httpx

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
    answer = _confirmed_with_the_step_before(owner)
    if answer.status_code == 403:
        # The next step began on the way, and the code was of two steps before it.
        answer = _confirmed_with_the_step_before(owner)
    owner.recovery_codes = answer.raise_for_status().json()["recovery_codes"]
    return owner


def _confirmed_with_the_step_before(owner: Owner) -> httpx.Response:
    started = owner.start()
    return owner.confirm(started["enrolment_id"], owner.code(-1))
