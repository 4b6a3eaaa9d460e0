"""A budget of challenges becomes a threshold, from how the wallet's own logins scored lately.

What it costs whom is counted on the same logins; what it would catch was measured on simulated ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from secmon.core.errors import Conflict, FieldError, Invalid
from secmon.core.proportions import Proportion
from secmon.database.work import Work
from secmon.policies import versions
from secmon.risk import shipped
from secmon.risk.policy import Policy
from secmon.risk.signals import SignalCode, TermCode
from secmon.web.parts import Part

PERIOD = timedelta(days=30)
# So many logins have to lie above the threshold: the share that it challenges is then right to a third.
LEAST_CHALLENGED = 30
# Below this, more logins would have to be read than are; above, nobody has a budget.
SMALLEST_BUDGET, LARGEST_BUDGET = 0.001, 0.5
# Stored scores have four digits.
STEP = 0.0001

# By what their owners pay for: any of these signals. A login may belong to several.
WHO: Mapping[str, frozenset[str]] = {
    "new_phone": frozenset({SignalCode.NEW_DEVICE, SignalCode.MISMATCHED_DEVICE}),
    "reinstall": frozenset({SignalCode.NEW_INSTALL}),
    "travel": frozenset(
        {
            SignalCode.NEW_COUNTRY,
            SignalCode.STALE_COUNTRY,
            SignalCode.IMPOSSIBLE_TRAVEL,
            TermCode.UNUSUAL_PLACE,
        }
    ),
    "vpn": frozenset({SignalCode.ANONYMIZER, SignalCode.HOSTING_NETWORK}),
}
OTHERS = "others"
# By how many earlier logins are kept, from each on.
HISTORIES = (0, 3, 10, 30)


class TooFewLogins(Conflict):
    """A threshold is taken from the latest 30 days of logins that were judged by the weights in force; there
    are fewer of them than the budget needs. After a change of weights they have to come in first.
    """

    code = "too_few_logins"
    title = "There are too few logins to take a threshold from"
    advice = "Wait for more logins, ask for a larger budget, or choose a shipped policy by its name (preset)."


class BudgetOutOfReach(Conflict):
    """More logins than the budget allows score as high as logins that would be denied: no threshold below
    deny_at challenges so few.
    """

    code = "budget_out_of_reach"
    title = "No threshold challenges so few logins"
    advice = "Ask for a larger budget, or look what speaks against so many logins: secmon policy quality."


@dataclass(frozen=True, slots=True)
class ScoredLogin:
    """A login as it was judged. `signals` speak against its owner; `logins_before`: 30 are as good as more.

    `not_owner`: it was denied, or its challenge failed.
    """

    score: float
    signals: frozenset[str]
    logins_before: int
    not_owner: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """`share`: how much of the time between the two was looked at, all of it equally."""

    since: datetime
    until: datetime
    share: float
    logins: Sequence[ScoredLogin]


# The wallet's logins between two times that were judged under one of these versions.
Sampling = Callable[[Work, datetime, datetime, Collection[int]], Sample]
SAMPLING: Part[Sampling] = Part("score_sampling")


def found(work: Work, budget: float, sampling: Sampling) -> dict[str, Any]:
    """The basis of a threshold for the policy in force, from the latest 30 days.

    Raises as `basis`, and `Invalid` for what is no budget.
    """
    # NaN is none either, and lies within every range that is asked for the other way round.
    if not SMALLEST_BUDGET <= budget <= LARGEST_BUDGET:
        said = f"Must be from {SMALLEST_BUDGET} to {LARGEST_BUDGET}"
        raise Invalid(said, errors=(FieldError("/challenge_budget", said),))
    version = versions.in_force(work)
    policy = Policy.from_document(versions.at(work, version).document)
    alike = versions.weighing_alike(work, version)
    return basis(policy, budget, sampling(work, work.now - PERIOD, work.now, alike))


def basis(policy: Policy, budget: float, sample: Sample) -> dict[str, Any]:
    """The threshold, how it was found, what it costs whom and what it would catch, as JSON values.

    Raises `TooFewLogins`, `BudgetOutOfReach`.
    """
    # What is known to be somebody else's is nobody's budget; a flood of it would lift the threshold.
    owners = [login for login in sample.logins if not login.not_owner]
    least = round(LEAST_CHALLENGED / budget)
    if len(owners) < least:
        raise TooFewLogins(
            f"A budget of {budget:g} needs {least:,} logins of the last {PERIOD.days} days that were judged"
            f" by the weights in force; there are {len(owners):,}."
        )
    threshold = _threshold(sorted((login.score for login in owners), reverse=True), budget)
    if sum(login.score >= min(threshold, policy.deny_at) for login in owners) > budget * len(owners):
        above = Proportion(sum(login.score >= policy.deny_at for login in owners), len(owners))
        raise BudgetOutOfReach(
            f"At deny_at, {policy.deny_at:g}, {above.share:.2%} of the logins would still be challenged."
        )
    threshold = min(threshold, policy.deny_at)
    return {
        "challenge_budget": budget,
        "challenge_at": threshold,
        "since": sample.since.isoformat(),
        "until": sample.until.isoformat(),
        "logins": len(owners),
        "sampled": round(sample.share, 5),
        "left_out": len(sample.logins) - len(owners),
        "challenged": _costs(owners, policy.challenge_at, threshold),
        "owners": {who: _costs(logins, policy.challenge_at, threshold) for who, logins in _by_who(owners)},
        "history": {
            name: _costs(logins, policy.challenge_at, threshold) for name, logins in _by_history(owners)
        },
        "caught": caught(policy, threshold),
    }


def caught(policy: Policy, threshold: float) -> dict[str, float] | None:
    """What simulated attacks `policy` would catch at a threshold; None for weights that do not ship."""
    name = shipped.weighs_as(policy)
    if name is None:
        return None
    shares = shipped.measured().policies[name].caught_at(threshold)
    return {kind: round(share, 4) for kind, share in shares.items()}


def _threshold(scores: Sequence[float], budget: float) -> float:
    """The lowest that challenges no more than the budget; `scores` fall. Ties are let in together."""
    allowed = int(len(scores) * budget)
    highest_let_in = scores[allowed]
    return round(min(1.0, highest_let_in + STEP), 4)


def _costs(logins: Sequence[ScoredLogin], before: float, after: float) -> dict[str, Any]:
    """The share challenged under the threshold that stands, and under the new one."""
    return {
        "logins": len(logins),
        "before": Proportion(sum(login.score >= before for login in logins), len(logins)).share,
        "after": Proportion(sum(login.score >= after for login in logins), len(logins)).share,
    }


def _by_who(logins: Sequence[ScoredLogin]) -> list[tuple[str, list[ScoredLogin]]]:
    known = frozenset().union(*WHO.values())
    return [
        *((who, [login for login in logins if login.signals & codes]) for who, codes in WHO.items()),
        (OTHERS, [login for login in logins if not login.signals & known]),
    ]


def _by_history(logins: Sequence[ScoredLogin]) -> list[tuple[str, list[ScoredLogin]]]:
    ends = (*HISTORIES[1:], None)
    return [
        (
            f"{first}+" if end is None else f"{first}-{end - 1}",
            [
                one
                for one in logins
                if first <= one.logins_before and (end is None or one.logins_before < end)
            ],
        )
        for first, end in zip(HISTORIES, ends, strict=True)
    ]
