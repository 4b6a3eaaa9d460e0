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
    """A successful login that was judged as it happened. `answer` is the first that was given to it."""

    account_id: str
    event_id: str
    decision: str
    challenge: str | None
    answer: dict[str, Any]
    logins_before: int
    received_at: datetime

    @property
    def judged(self) -> str:
        """The policy's own decision: what a frozen account's standing denied, it may have let in."""
        is_high = self.answer["risk"]["level"] == RiskLevel.HIGH
        return self.decision if is_high else Decision.ALLOW.value


def sampled(
    work: Work, since: datetime, until: datetime, wanted: int = WANTED
) -> tuple[list[SampledLogin], float]:
    """About `wanted` logins that came in between the two, or all; and the share of time looked at."""
    found: list[SampledLogin] = []
    if _are_few(work, since, until, wanted):
        return list(_between(work, since, until, wanted + 1)), 1.0
    part, looked_at, stretch = (until - since) / PARTS, 0.0, SMALLEST_STRETCH
    while looked_at < 1.0 and len(found) < wanted / 2:
        end = min(1.0, looked_at + stretch)
        for nth in range(PARTS):
            begins = since + part * nth
            found += _between(work, begins + part * looked_at, begins + part * end, MOST_A_STRETCH)
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
        if login.answer["risk"]["policy_version"] not in versions:
            continue
        of_account[login.account_id] += 1
        if of_account[login.account_id] <= MOST_AN_ACCOUNT:
            taken.append(_scored(login))
    return Sample(since, until, share, taken)


def against(answer: dict[str, Any]) -> frozenset[str]:
    """The codes of what speaks against the owner."""
    return frozenset(signal["code"] for signal in answer["risk"]["signals"] if signal["weight"] > 0)


def _scored(login: SampledLogin) -> ScoredLogin:
    not_owner = login.decision == Decision.DENY or login.challenge in (FAILED, VOID)
    return ScoredLogin(
        login.answer["risk"]["score"], against(login.answer), login.logins_before, not_owner=not_owner
    )


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
            yield SampledLogin(
                account_id, event_id, decision, challenge, json.loads(answer), before, received
            )
