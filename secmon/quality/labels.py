"""What is known of whose logins were: staff's verdicts, settled challenges, owners' answers.

One login may have several, of two minds. Staff lead, with a verdict of their own or with the end of a theft
that two of them agreed on; then the owner's "not me"; then a proof of possession; then "it was me". A
challenge that failed says least: owners mistype, too.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from secmon.alerts import service as alerts
from secmon.alerts.answering import Answer
from secmon.database.work import Work
from secmon.freezes import service as freezes
from secmon.logins import sampling
from secmon.logins.sampling import FAILED, PASSED, SampledLogin
from secmon.policies import versions
from secmon.policies.service import Policies
from secmon.quality import verdicts
from secmon.quality.verdicts import Truth

# Of a week: more than a wallet of a million logins a week has.
MOST = 100_000
AT_ONCE = 500

Key = tuple[str, str]


class Source(StrEnum):
    """Who says so."""

    STAFF = "staff"
    ANSWER = "answer"
    CHALLENGE = "challenge"


Said = tuple[Source, Truth]

# The leading ones first.
_RANK: tuple[Said, ...] = (
    (Source.STAFF, Truth.TAKEOVER),
    (Source.STAFF, Truth.OWNER),
    (Source.ANSWER, Truth.TAKEOVER),
    (Source.CHALLENGE, Truth.OWNER),
    (Source.ANSWER, Truth.OWNER),
    (Source.CHALLENGE, Truth.TAKEOVER),
)
# What a thief cannot say with the owner's session or mailbox alone.
_CONFIRMED = frozenset(_RANK[:2]) | {(Source.CHALLENGE, Truth.OWNER)}


@dataclass(frozen=True, slots=True)
class Label:
    """A login and all that was said of it, what leads first. `drawn`: it is of the random sample."""

    login: SampledLogin
    said: tuple[Said, ...]
    drawn: bool

    @property
    def truth(self) -> Truth | None:
        return self.said[0][1] if self.said else None

    @property
    def in_conflict(self) -> bool:
        return len({truth for _, truth in self.said}) > 1

    @property
    def confirmed(self) -> bool:
        """Whether what leads was said by staff or proven."""
        return bool(self.said) and self.said[0] in _CONFIRMED


def read(work: Work, since: datetime, until: datetime, policies: Policies) -> Iterator[Label]:
    """The logins that came in between the two and were not let in, or that somebody spoke of or was asked of:
    each once.
    """
    said = _said(work, since, until)
    found = set[Key]()
    for login in sampling.not_allowed(work, since, until, MOST):
        found.add((login.account_id, login.event_id))
        yield _label(work, login, said, policies)
    left = sorted((said.answers.keys() | said.staff.keys() | said.drawn) - found)
    for first in range(0, len(left), AT_ONCE):
        for login in sampling.named(work, left[first : first + AT_ONCE]):
            yield _label(work, login, said, policies)


@dataclass(slots=True)
class _Words:
    """What people said; `drawn` may be of the random sample, answered or not."""

    staff: dict[Key, Truth] = field(default_factory=dict)
    answers: dict[Key, Truth] = field(default_factory=dict)
    drawn: set[Key] = field(default_factory=set)


def _said(work: Work, since: datetime, until: datetime) -> _Words:
    said, cases = _Words(), dict[Key, uuid.UUID]()
    samples = versions.with_samples(work)
    for account_id, event_id, answer, vouched, case_id in alerts.raised_between(work, since, until, MOST):
        key = account_id, event_id
        if any(policy.samples(*key) for policy in samples):
            said.drawn.add(key)
        if answer == Answer.NOT_ME:
            said.answers[key] = Truth.TAKEOVER
            if case_id is not None:
                cases[key] = case_id
        # Who read the owner's mail may have said the other; it vouched for nothing.
        elif answer == Answer.WAS_ME and vouched is not False:
            said.answers[key] = Truth.OWNER
    said.staff = _ended_as_thefts(work, cases)
    said.staff |= {
        (account_id, event_id): truth
        for account_id, event_id, truth in verdicts.between(work, since, until, MOST)
    }
    return said


def _ended_as_thefts(work: Work, cases: dict[Key, uuid.UUID]) -> dict[Key, Truth]:
    """The owner said "not me", and staff ended a theft because of it."""
    keys, thefts = sorted(cases), set[uuid.UUID]()
    for first in range(0, len(keys), AT_ONCE):
        accounts = {account_id for account_id, _ in keys[first : first + AT_ONCE]}
        thefts |= freezes.ended_as_thefts(work, accounts)
    return {key: Truth.TAKEOVER for key in keys if cases[key] in thefts}


def _label(work: Work, login: SampledLogin, said: _Words, policies: Policies) -> Label:
    key = login.account_id, login.event_id
    words: list[Said] = []
    if key in said.staff:
        words.append((Source.STAFF, said.staff[key]))
    if key in said.answers:
        words.append((Source.ANSWER, said.answers[key]))
    if login.challenge in (PASSED, FAILED):
        words.append((Source.CHALLENGE, Truth.OWNER if login.challenge == PASSED else Truth.TAKEOVER))
    judged_by = policies.at(work, login.policy_version)
    drawn = key in said.drawn and judged_by.samples(*key)
    return Label(login, tuple(sorted(words, key=_RANK.index)), drawn)
