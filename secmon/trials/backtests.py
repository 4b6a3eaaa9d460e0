"""Backtests, as they are asked for and looked at.

The worker does them: see `backtesting`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select

from secmon.audit import service as audit
from secmon.core.errors import NotFound
from secmon.core.ids import new_id
from secmon.database.work import Work
from secmon.policies.documents import checked
from secmon.policies.versions import in_force
from secmon.trials import comparisons
from secmon.trials.comparisons import Comparison, Result
from secmon.trials.models import Backtest

# Far longer than a piece takes; a worker that dies holds a backtest up for no longer than this.
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
KEPT = timedelta(days=30)


class BacktestState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BacktestUnknown(NotFound):
    """There is no backtest of this id; results are kept for 30 days."""

    code = "backtest_unknown"
    title = "There is no such backtest"
    advice = "Check the id. Results are kept for 30 days: after that, run the backtest again."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Logins from `since` on and before `until`, of the share `sample` of all accounts."""

    since: datetime | None = None
    until: datetime | None = None
    sample: float = 1.0


@dataclass(frozen=True, slots=True)
class ShownBacktest:
    """A backtest and what it has found by now."""

    backtest: Backtest
    result: Result


@dataclass(frozen=True, slots=True)
class Piece:
    """What a worker was given to go on with; `comparison` knows what was found before."""

    backtest: Backtest
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece came: `accounts` more, `after_account` the last of them; `done` if there is no more."""

    after_account: str
    accounts: int
    accounts_total: int | None
    done: bool


def request(work: Work, document: Mapping[str, Any], wanted: Wanted, locale: str) -> ShownBacktest:
    """Queues a backtest of `document` beside the policy in force now. Raises `Invalid`."""
    backtest = Backtest(
        backtest_id=new_id(work.now),
        document=checked(document),
        policy_version=in_force(work),
        since=wanted.since,
        until=wanted.until,
        sample=wanted.sample,
        state=BacktestState.QUEUED,
        created_at=work.now,
        created_by=work.actor.actor_id,
        attempts=0,
        after_account="",
        accounts_done=0,
    )
    work.session.add(backtest)
    audit.record(work, None, "backtest.requested", subject=str(backtest.backtest_id))
    return _shown(work, backtest, locale)


def show(work: Work, backtest_id: uuid.UUID, locale: str) -> ShownBacktest:
    """Raises `BacktestUnknown`."""
    backtest = work.session.get(Backtest, backtest_id)
    if backtest is None:
        raise BacktestUnknown
    return _shown(work, backtest, locale)


def claim(work: Work) -> Piece | None:
    """The oldest backtest that nobody is at, under a lease; None where there is none."""
    free = or_(Backtest.leased_until.is_(None), Backtest.leased_until <= work.now)
    backtest = work.session.scalar(
        select(Backtest)
        .where(Backtest.state.in_((BacktestState.QUEUED, BacktestState.RUNNING)), free)
        .order_by(Backtest.created_at, Backtest.backtest_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if backtest is None:
        return None
    # Only a worker that died leaves its lease behind.
    backtest.attempts += 1
    if backtest.attempts > MOST_ATTEMPTS:
        _finish(work, backtest, BacktestState.FAILED)
        return None
    backtest.state, backtest.leased_until = BacktestState.RUNNING, work.now + LEASE
    counted = comparisons.counts_of(work, str(backtest.backtest_id))
    return Piece(backtest, Comparison(counted))


def advance(work: Work, piece: Piece, progress: Progress) -> None:
    """Stores what was found, and gives the lease back.

    Whoever lost the lease has nothing to add: another worker is at the same accounts.
    """
    backtest = work.session.get(Backtest, piece.backtest.backtest_id, with_for_update=True)
    if backtest is None or backtest.leased_until != piece.backtest.leased_until:
        return
    comparisons.add(work, str(backtest.backtest_id), *piece.comparison.take())
    backtest.after_account = progress.after_account
    backtest.accounts_done += progress.accounts
    backtest.accounts_total = progress.accounts_total
    backtest.leased_until, backtest.attempts = None, 0
    if progress.done:
        _finish(work, backtest, BacktestState.DONE)


def _finish(work: Work, backtest: Backtest, state: BacktestState) -> None:
    """Ends a backtest, and forgets those that ended long ago."""
    backtest.state, backtest.leased_until, backtest.finished_at = state, None, work.now
    old = work.session.scalars(select(Backtest).where(Backtest.finished_at < work.now - KEPT))
    for outdated in old:
        comparisons.forget(work, str(outdated.backtest_id))
        work.session.delete(outdated)


def _shown(work: Work, backtest: Backtest, locale: str) -> ShownBacktest:
    return ShownBacktest(backtest, comparisons.result_of(work, str(backtest.backtest_id), locale))
