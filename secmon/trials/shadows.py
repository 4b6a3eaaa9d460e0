"""The shadow policy: judged beside the one in force, without effect, to see what it would do.

Each login is judged under it too and counted in memory; no login writes a row for it. A process that is
killed takes the last second's counts with it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from secmon.audit import service as audit
from secmon.core.actor import SYSTEM
from secmon.core.errors import NotFound
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.logins.account_state import AccountState
from secmon.logins.event import LoginEvent
from secmon.logins.judgement import Judgement
from secmon.policies import shadow_policies
from secmon.policies.documents import checked
from secmon.policies.service import Policies
from secmon.policies.shadow_policies import StandingShadow
from secmon.risk.assess import assess
from secmon.risk.population import Population
from secmon.trials import comparisons
from secmon.trials.comparisons import Comparison, Example, Pair, Result
from secmon.web.parts import Part


class NoShadow(NotFound):
    """No policy is being judged beside the one in force."""

    code = "no_shadow_policy"
    title = "There is no shadow policy"
    advice = "Set one with PUT /v1/risk-policy/shadow."


@dataclass(frozen=True, slots=True)
class ShadowPolicy:
    """`result`: what it would have decided since it was set, beside what was decided."""

    version: int
    document: dict[str, Any]
    created_at: datetime
    created_by: str
    result: Result


def put(work: Work, document: Mapping[str, Any], locale: str) -> ShadowPolicy:
    """Sets the shadow policy, in the place of the one there is. Raises `Invalid`, `ShadowTaken`."""
    stored = checked(document)
    former = shadow_policies.lock(work)
    if former is not None:
        _end(work, former)
    version = shadow_policies.add(work, stored)
    audit.record(work, None, "shadow_policy.set", subject=str(version))
    return show(work, locale)


def end(work: Work) -> None:
    """No policy is judged beside the one in force any more. Raises `NoShadow`."""
    standing = shadow_policies.lock(work)
    if standing is None:
        raise NoShadow
    _end(work, standing)
    audit.record(work, None, "shadow_policy.ended", subject=str(standing.version))


def show(work: Work, locale: str) -> ShadowPolicy:
    """The shadow policy and what was found of it. Raises `NoShadow`."""
    standing = shadow_policies.standing(work)
    if standing is None:
        raise NoShadow
    return ShadowPolicy(
        standing.version,
        json.loads(standing.document),
        standing.created_at,
        standing.created_by,
        comparisons.result_of(work, _comparison(standing.version), locale),
    )


def note(work: Work, version: int, counts: Mapping[Pair, int], examples: list[Example]) -> None:
    """Adds what one process compared; of a shadow that has ended meanwhile, nothing."""
    standing = shadow_policies.lock(work)
    if standing is not None and standing.version == version:
        comparisons.add(work, _comparison(version), counts, examples)


def _end(work: Work, shadow: StandingShadow) -> None:
    shadow_policies.end(work, shadow)
    comparisons.forget(work, _comparison(shadow.version))


def _comparison(version: int) -> str:
    return f"shadow {version}"


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

    def compare(self, work: Work, event: LoginEvent, known: AccountState, judgement: Judgement) -> None:
        """Judges the login once more. The profile has not learnt it yet."""
        version = known.policies.shadow
        if version is None:
            return
        policy = self._policies.shadow(work, version)
        after = assess(judgement.login, known.memory.profile, known.tallies, self._population(), policy)
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
                    note(work, version, counts, examples)
            except SQLAlchemyError as error:
                log.warning("shadow_counts_lost", kind=type(error).__name__)


SHADOW: Part[ShadowJudge] = Part("shadow")
