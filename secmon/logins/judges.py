"""What every judgement needs besides the account.

Chosen once, by the composition root.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from secmon.core.working_time import WorkingCalendar
from secmon.database.work import Work
from secmon.devices.device_proof import DeviceNonces
from secmon.devices.user_agents import UserAgentReader
from secmon.geo.place import Place
from secmon.logins.account_state import AccountState
from secmon.logins.event import LoginEvent
from secmon.logins.judgement import Judgement
from secmon.policies.service import Policies
from secmon.risk.population import Population
from secmon.sealing.install_ids import InstallIds
from secmon.web.parts import Part


class Shadow(Protocol):
    """Is shown every judgement before anything learns from it, and decides nothing."""

    def compare(self, work: Work, event: LoginEvent, known: AccountState, judgement: Judgement) -> None: ...


@dataclass(frozen=True, slots=True)
class Judges:
    """`place_of` completes what the caller says of an address from the operator's files; `population` is
    what this process holds of the counts; `shadow` is told of every judgement; `calendar`: the hours of the
    cases that a freeze opens; `zone`: the clock that hours are told by; `installs`: what devices are shown
    as; `nonces`: what apps sign into their `device_proof`.
    """

    reader: UserAgentReader
    policies: Policies
    population: Callable[[], Population]
    place_of: Callable[[str, Place | None], Place | None]
    shadow: Shadow
    calendar: WorkingCalendar
    zone: ZoneInfo
    installs: InstallIds
    nonces: DeviceNonces


JUDGES: Part[Judges] = Part("judges")
