"""How the worker does a backtest.

Stored logins are judged under a draft and under the policy in force, a piece at a time.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from secmon.accounts.gate import Standing
from secmon.accounts.service import AccountUnknown
from secmon.alerts import service as alerts
from secmon.alerts.answering import Answer
from secmon.core.actor import SYSTEM
from secmon.core.pages import LARGEST_LIMIT, PageRequest
from secmon.credentials import history
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.devices.user_agents import UserAgentReader
from secmon.logins import stored
from secmon.logins.judges import read_population
from secmon.logins.stored import PastRow, accounts_after, count_accounts
from secmon.policies.service import Policies
from secmon.risk.login import Tallies
from secmon.risk.policy import Policy
from secmon.risk.population import Population
from secmon.risk.recent import MARKS_KEPT
from secmon.risk.recent_evidence import ATTACKED_SHARE, SAME_NETWORK_ONLY
from secmon.risk.signals import SignalCode
from secmon.trials import backtests
from secmon.trials.backtests import Piece, Progress, Wanted
from secmon.trials.comparisons import Comparison
from secmon.trials.replay import PastLogin, Replay

# About a second's work: then progress is stored, and another worker may go on.
LOGINS_A_PIECE = 5_000
ACCOUNTS_A_PIECE = 2_000


@dataclass(frozen=True, slots=True)
class Trial:
    """Two policies, and what they are tried on."""

    before: Policy
    after: Policy
    wanted: Wanted
    population: Population


class Backtester:
    """What is needed to go on with any backtest; `run` is the worker's duty."""

    def __init__(self, reader: UserAgentReader, logins_a_piece: int = LOGINS_A_PIECE) -> None:
        self._reader = reader
        self._logins_a_piece = logins_a_piece
        self._policies = Policies()
        # Of the backtest that this worker was at last: its population stays the same to the end.
        self._trial: tuple[uuid.UUID, Trial] | None = None

    def run(self, database: Database) -> int:
        """One piece of the oldest backtest that waits; answers nought where none does."""
        with database.work(SYSTEM) as work:
            piece = backtests.claim(work)
        if piece is None:
            return 0
        with database.work(SYSTEM, write=False) as work:
            progress = self._go_on(work, piece)
        with database.work(SYSTEM) as work:
            backtests.advance(work, piece, progress)
        return max(progress.accounts, 1)

    def trial(self, work: Work, draft: Policy, version: int, wanted: Wanted) -> Trial:
        """A trial of `draft` beside the policy of `version`."""
        return Trial(self._policies.at(work, version), draft, wanted, read_population(work))

    def compare(self, work: Work, account_id: str, trial: Trial, comparison: Comparison) -> int:
        """Adds an account's logins to the comparison, if it is in the sample; answers how many it has.

        Those before `since` are judged as well: they are what the later ones are judged by.
        """
        wanted = trial.wanted
        if not sampled(account_id, wanted.sample):
            return 0
        changes = history.latest(work, account_id, MARKS_KEPT)
        before = Replay(trial.before, trial.population, self._reader, changes)
        after = Replay(trial.after, trial.population, self._reader, changes)
        logins = 0
        for past in logins_of(work, account_id, wanted.until, self._policies):
            logins += 1
            pair = before.judge(past), after.judge(past)
            event = past.event
            if wanted.since is None or event.occurred_at >= wanted.since:
                comparison.add(account_id, event.event_id, event.occurred_at, *pair)
        return logins

    def _go_on(self, work: Work, piece: Piece) -> Progress:
        backtest = piece.backtest
        begun = backtest.after_account != ""
        total = backtest.accounts_total if begun else count_accounts(work)
        trial = self._trial_of(work, piece)
        following = accounts_after(work, backtest.after_account, ACCOUNTS_A_PIECE)
        last, logins, accounts = backtest.after_account, 0, 0
        while accounts < len(following) and logins < self._logins_a_piece:
            last = following[accounts]
            logins += self.compare(work, last, trial, piece.comparison)
            accounts += 1
        done = accounts == len(following) < ACCOUNTS_A_PIECE
        return Progress(last, accounts, total, done)

    def _trial_of(self, work: Work, piece: Piece) -> Trial:
        backtest = piece.backtest
        if self._trial is None or self._trial[0] != backtest.backtest_id:
            wanted = Wanted(backtest.since, backtest.until, backtest.sample)
            draft = Policy.from_document(json.loads(backtest.document))
            self._trial = backtest.backtest_id, self.trial(work, draft, backtest.policy_version, wanted)
        return self._trial[1]


# What is stored of an account, read in pages, becomes what a replay judges.

# Above every limit that a policy may set.
MANY = 1_000_000
# Weights are written with a few digits: from this share on it was all of it.
WHOLE_SHARE = 0.99 * ATTACKED_SHARE
# A suspicion at more than this share of its weight was of the very source.
NETWORK_ALONE = SAME_NETWORK_ONLY + 0.01


def sampled(account_id: str, share: float) -> bool:
    """Whether an account belongs to a sample: always the same accounts, and more of them in a larger one."""
    return crc32(account_id.encode()) < share * 2**32


def logins_of(work: Work, account_id: str, until: datetime | None, policies: Policies) -> Iterator[PastLogin]:
    """The account's logins before `until`, in the order in which they happened; a page of them in memory."""
    disowned = _disowned(work, account_id)
    for one in stored.oldest_first(work, account_id, until):
        yield _past(work, one, policies, disowned)


def _past(work: Work, login: PastRow, policies: Policies, disowned: Mapping[str, datetime]) -> PastLogin:
    answer = json.loads(login.assessment)
    risk, device = answer["risk"], answer["device"]
    found = {signal["code"]: signal["weight"] for signal in risk["signals"]}
    return PastLogin(
        event=stored.event_of(login),
        received_at=login.received_at,
        tallies=tallies_then(found, policies.at(work, risk["policy_version"])),
        learnt=login.learnt,
        challenge=login.challenge_outcome,
        trusted_device=device["device_id"] if device["trusted"] else None,
        disowned_at=disowned.get(login.event_id),
        frozen=answer["standing"] == Standing.FROZEN,
    )


def tallies_then(found: Mapping[str, float], policy: Policy) -> Tallies:
    """What other accounts did around a login, from the weights of what was `found` under `policy` then.

    How many there were is not kept: whatever limits a draft sets, they were enough, or were not.
    """
    whole = abs(policy.signals[SignalCode.SOURCE_UNDER_SUSPICION])
    amount = abs(found.get(SignalCode.SOURCE_UNDER_SUSPICION, 0.0)) / whole if whole else 0.0
    same_source = amount > NETWORK_ALONE
    # Of those that came through it, so many failed that it weighed what it did.
    share = ATTACKED_SHARE * (amount if same_source else amount / SAME_NETWORK_ONLY)
    entered = round(MANY * (1 / share - 1)) if 0 < share < WHOLE_SHARE else 0
    return Tallies(
        failed_accounts_by_ip=MANY if same_source else 0,
        failed_accounts_by_network=MANY if amount and not same_source else 0,
        accounts_on_device=MANY if SignalCode.SHARED_DEVICE in found else 0,
        entered_accounts_by_ip=entered if same_source else 0,
        entered_accounts_by_network=0 if same_source else entered,
    )


def _disowned(work: Work, account_id: str) -> dict[str, datetime]:
    """When the owner said "not me", by event."""
    try:
        latest, _ = alerts.listed(work, account_id, PageRequest(LARGEST_LIMIT))
    except AccountUnknown:
        return {}
    return {
        alert.event_id: alert.answered_at
        for alert in latest
        if alert.answer == Answer.NOT_ME and alert.answered_at is not None
    }
