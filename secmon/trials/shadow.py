"""What the shadow policy would have decided: judged with each login, counted here, stored later.

No login writes a row for it. A process that is killed takes the last second's counts with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.logins.event import LoginEvent
from secmon.logins.judgement import Judgement
from secmon.logins.known import Known
from secmon.policies.service import Policies
from secmon.risk.assess import assess
from secmon.risk.population import Population
from secmon.trials import shadows
from secmon.trials.comparing import Comparison
from secmon.web.parts import Part

STORE_AFTER_SECONDS = 1.0
COMPARED = Counter(
    "secmon_shadow_decisions", "Logins, by the live and the shadow policy's decision", ["live", "shadow"]
)

log = structlog.get_logger(__name__)


class ShadowJudge:
    """Judges beside the policy in force while a shadow is set; otherwise it does nothing."""

    def __init__(self, database: Database, policies: Policies, population: Callable[[], Population]) -> None:
        self._database = database
        self._policies = policies
        self._population = population
        self._lock = threading.Lock()
        self._storing = threading.Lock()
        self._version = 0
        self._comparison = Comparison()
        self._timer: threading.Timer | None = None

    def compare(self, work: Work, event: LoginEvent, known: Known, judgement: Judgement) -> None:
        """Judges the login once more. The profile has not learnt it yet."""
        version = known.policies.shadow
        if version is None:
            return
        policy = self._policies.shadow(work, version)
        after = assess(judgement.login, known.profile, known.tallies, self._population(), policy)
        COMPARED.labels(judgement.assessment.decision, after.decision).inc()
        with self._lock:
            if version != self._version:
                self._version, self._comparison = version, Comparison()
            self._comparison.add(
                event.account_id, event.event_id, event.occurred_at, judgement.assessment, after
            )
            if self._timer is None:
                self._timer = threading.Timer(STORE_AFTER_SECONDS, self.store)
                self._timer.daemon = True
                self._timer.start()

    def store(self) -> None:
        """Adds what was counted to what is stored; when it returns, all counted before is there."""
        with self._storing:
            with self._lock:
                self._timer = None
                version, (counts, examples) = self._version, self._comparison.take()
            if not counts:
                return
            try:
                with self._database.work(SYSTEM) as work:
                    shadows.note(work, version, counts, examples)
            except SQLAlchemyError as error:
                log.warning("shadow_counts_lost", kind=type(error).__name__)


SHADOW: Part[ShadowJudge] = Part("shadow")
