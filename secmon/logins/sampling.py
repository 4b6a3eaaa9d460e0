"""A bounded sample of the logins between two times, every one of them as likely as any other.

Systematic sampling over time (Cochran, Sampling Techniques, ch. 8): the period is cut into many parts, and of
each the same stretch is read, by the index on when events came in. Where there are few, all are read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select
from sqlalchemy.orm import aliased

from secmon.database.rows import ROWS, encode, given_rows
from secmon.database.tables import ACCOUNT_ID
from secmon.database.work import Work
from secmon.logins.event import LoginOutcome
from secmon.logins.judgement import HISTORY_AFTER
from secmon.logins.models import FAILED, PASSED, VOID, StoredLogin
from secmon.policies.budgets import HISTORIES, Sample, ScoredLogin
from secmon.risk.assess import Decision, RiskLevel

# What became of a challenge, for whoever is handed a login.
__all__ = ["FAILED", "PASSED"]

WANTED = 30_000
# A prime: the parts of 30 days begin at all hours of the day alike.
PARTS = 257
SMALLEST_STRETCH = 1 / 4096
LARGEST_GROWTH = 15.0
# A flood within one stretch is no more than this of the sample, and one account no more than that.
MOST_A_STRETCH = 2_000
MOST_AN_ACCOUNT = 100

_EARLIER = aliased(StoredLogin)
_LOGINS_BEFORE = (
    select(func.count())
    .select_from(
        select(literal(1))
        .where(_EARLIER.account_id == StoredLogin.account_id, _EARLIER.occurred_at < StoredLogin.occurred_at)
        .limit(HISTORIES[-1])
        .correlate(StoredLogin)
        .subquery()
    )
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class SampledLogin:
    """A successful login that was judged as it happened, by the first answer that was given to it.

    `signals`: the code and weight of each. `logins_before` of the account; 30 are as good as more.
    """

    account_id: str
    event_id: str
    decision: str
    challenge: str | None
    score: float
    level: str
    policy_version: int
    signals: tuple[tuple[str, float], ...]
    logins_before: int
    received_at: datetime

    @property
    def judged(self) -> str:
        """The policy's own decision: what a frozen account's standing denied, it may have let in."""
        return self.decision if self.level == RiskLevel.HIGH else Decision.ALLOW.value

    @property
    def against(self) -> frozenset[str]:
        """The codes of what speaks against the owner."""
        return frozenset(code for code, weight in self.signals if weight > 0)


def sampled(
    work: Work, since: datetime, until: datetime, wanted: int = WANTED
) -> tuple[list[SampledLogin], float]:
    """About `wanted` logins that came in between the two, or all; and the share of time looked at."""
    found: list[SampledLogin] = []
    few = _are_few(work, since, until, wanted)
    looked_at, stretch = 0.0, 1.0 if few else SMALLEST_STRETCH
    while looked_at < 1.0 and len(found) < wanted / 2:
        end = min(1.0, looked_at + stretch)
        for nth in range(PARTS):
            begins, ends = (since + (until - since) * ((nth + at) / PARTS) for at in (looked_at, end))
            found += _between(work, begins, ends, wanted if few else MOST_A_STRETCH)
        looked_at = end
        missing = wanted / max(len(found), 1) - 1
        stretch = looked_at * min(max(missing, 1.0), LARGEST_GROWTH)
    return found, looked_at


def scores(work: Work, since: datetime, until: datetime, versions: Collection[int]) -> Sample:
    """As `policies.budgets` wants them: judged under one of these versions."""
    logins, share = sampled(work, since, until)
    of_account = Counter[str]()
    taken = []
    for login in logins:
        if login.policy_version not in versions:
            continue
        of_account[login.account_id] += 1
        if of_account[login.account_id] <= MOST_AN_ACCOUNT:
            taken.append(_scored(login))
    return Sample(since, until, share, taken)


def _scored(login: SampledLogin) -> ScoredLogin:
    not_owner = login.decision == Decision.DENY or login.challenge in (FAILED, VOID)
    return ScoredLogin(login.score, login.against, login.logins_before, not_owner=not_owner)


def not_allowed(work: Work, since: datetime, until: datetime, most: int) -> Iterator[SampledLogin]:
    """The successful logins that came in between the two and were challenged or denied, oldest first."""
    query = _LOGINS.where(*_within(since, until), StoredLogin.decision != literal_column("'allow'"))
    return _judged(work, query.order_by(StoredLogin.received_at).limit(most))


def named(work: Work, keys: Collection[tuple[str, str]]) -> Iterator[SampledLogin]:
    """Those of these logins, by account and event, that succeeded and are kept still."""
    given = given_rows(work.dialect.name, {"account_id": ACCOUNT_ID, "event_id": ACCOUNT_ID})
    query = _LOGINS.join(
        given,
        (given.c.account_id == StoredLogin.account_id) & (given.c.event_id == StoredLogin.event_id),
    )
    return _judged(work, query, {ROWS: encode(sorted(keys), work.dialect)})


_LOGINS = select(
    StoredLogin.account_id,
    StoredLogin.event_id,
    StoredLogin.decision,
    StoredLogin.challenge,
    StoredLogin.assessment,
    _LOGINS_BEFORE,
    StoredLogin.outcome,
    StoredLogin.imported,
    StoredLogin.occurred_at,
    StoredLogin.received_at,
)


def first_received_at(work: Work) -> datetime | None:
    """When the oldest event that is kept came in."""
    return work.session.scalar(select(func.min(StoredLogin.received_at)))


def _within(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return StoredLogin.received_at >= since, StoredLogin.received_at < until


def _are_few(work: Work, since: datetime, until: datetime, wanted: int) -> bool:
    some = select(literal(1)).where(*_within(since, until)).limit(wanted + 1).subquery()
    return (work.session.scalar(select(func.count()).select_from(some)) or 0) <= wanted


def _between(work: Work, since: datetime, until: datetime, most: int) -> Iterator[SampledLogin]:
    query = _LOGINS.where(*_within(since, until)).order_by(StoredLogin.received_at).limit(most)
    return _judged(work, query)


def _judged(
    work: Work, query: Select[*tuple[Any, ...]], parameters: dict[str, Any] | None = None
) -> Iterator[SampledLogin]:
    for row in work.session.execute(query, parameters or {}):
        account_id, event_id, decision, challenge, answer, before, outcome, imported, occurred, received = row
        is_history = imported or occurred < received - HISTORY_AFTER
        if outcome == LoginOutcome.SUCCESS and not is_history:
            risk = json.loads(answer)["risk"]
            # Thirty thousand logins share a few dozen codes.
            signals = tuple((intern(one["code"]), one["weight"]) for one in risk["signals"])
            judged = risk["score"], risk["level"], risk["policy_version"], signals
            yield SampledLogin(account_id, event_id, decision, challenge, *judged, before, received)
