"""What every judgement needs besides the account.

Chosen once, by the composition root.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from secmon.core.actor import SYSTEM
from secmon.core.working_time import WorkingCalendar
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.devices.device_proof import DeviceNonces
from secmon.devices.user_agents import UserAgentReader
from secmon.geo.place import Place
from secmon.logins.account_state import AccountState
from secmon.logins.event import LoginEvent
from secmon.logins.judgement import Judgement
from secmon.logins.models import PopulationCount
from secmon.logins.population import TOTAL
from secmon.policies.service import Policies
from secmon.risk.levels import Level
from secmon.risk.population import UNSEEN_PROBABILITY, VALUES_PER_LEVEL, Population
from secmon.sealing.install_ids import InstallIds
from secmon.web.parts import Part

log = structlog.get_logger(__name__)


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

REFRESH_EVERY = timedelta(seconds=5)
# Reading takes a fiftieth of a process's time at the most.
LEAST_PAUSE = 50


class HeldPopulation:
    """What this process holds; a call never waits for the database.

    `refresh` reads it before the first login is judged; later it is read again beside the requests.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = Population.empty()
        self._read_at: datetime | None = None
        self._pause = REFRESH_EVERY
        self._reading = threading.Lock()

    def __call__(self) -> Population:
        now = self._database.clock()
        stale = self._read_at is None or abs(now - self._read_at) >= self._pause
        if stale and self._reading.acquire(blocking=False):
            threading.Thread(target=self._refresh, daemon=True, name="population").start()
        return self._held

    def refresh(self) -> None:
        """Reads it here and now; where the database does not answer, what is held stays."""
        with self._reading:
            self._read()

    def _refresh(self) -> None:
        try:
            self._read()
        finally:
            self._reading.release()

    def _read(self) -> None:
        self._read_at = self._database.clock()
        started = time.perf_counter()
        try:
            with self._database.work(SYSTEM, write=False) as work:
                self._held = read_population(work)
        except SQLAlchemyError as error:
            # The last good counts stay; the next call tries again.
            log.warning("population_not_refreshed", kind=type(error).__name__)
        took = timedelta(seconds=time.perf_counter() - started)
        self._pause = max(REFRESH_EVERY, took * LEAST_PAUSE)


POPULATION: Part[HeldPopulation] = Part("population")


def read_population(work: Work) -> Population:
    """The most common values of every level, and the totals. Each level is read from an index."""
    of_levels = PopulationCount.level.in_(UNSEEN_PROBABILITY)
    totals = select(PopulationCount.level, PopulationCount.count.label("total")).where(
        of_levels, PopulationCount.value == TOTAL
    )
    return Population(
        {level: _most_common(work, level) for level in UNSEEN_PROBABILITY},
        {row.level: row.total for row in work.session.execute(totals)},
    )


def _most_common(work: Work, level: Level) -> dict[str, float]:
    rows = work.session.execute(
        select(PopulationCount.value, PopulationCount.count)
        .where(PopulationCount.level == level)
        .order_by(PopulationCount.count.desc())
        # The total is the largest of all.
        .limit(VALUES_PER_LEVEL + 1)
    )
    return {value: count for value, count in rows if value != TOTAL}
