"""Weights proposed by this wallet's labels: a logistic regression, held close to the weights in force. Pure.

Labels of a kind that an attacker could give are not among them, an account speaks once for each truth, and no
weight leaves half to twice what it was, nor changes its sign: whoever has a thousand accounts moves little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

from secmon.core.errors import Conflict
from secmon.quality.verdicts import Truth
from secmon.risk.assess import TERMS
from secmon.risk.levels import Feature
from secmon.risk.policy import Policy
from secmon.risk.signals import SignalCode

# Accounts with a confirmed label of either kind, and accounts that show a piece of evidence: from fewer,
# chance would speak.
LEAST: Mapping[Truth, int] = {Truth.TAKEOVER: 50, Truth.OWNER: 200}
LEAST_SHOWN = 20
# From half to twice the weight in force.
LARGEST_CHANGE = 2.0
# How strongly a weight is held to the one in force: what doubling it costs, in labels.
RIDGE = 10.0
# All takeovers together weigh this share of the owners, as in `lab/fitting.py`; there are far fewer of them
# among logins than among labels.
TAKEOVER_SHARE = 0.03
MOST_ROUNDS, SETTLED_AT = 300, 2e-5
LARGEST_ODDS = 500.0

NAMES = (*map(str, Feature), *map(str, SignalCode))
_FEATURE_OF = {str(code): str(feature) for feature, codes in TERMS.items() for code in codes}

# By the name of the weight, how much of it there was.
Evidence = dict[str, float]


class TooFewLabels(Conflict):
    """Weights are fitted to takeovers that staff confirmed and to owners who were confirmed or proven, each
    account once; there are fewer of one kind than chance needs to be silent.
    """

    code = "too_few_labels"
    title = "There are too few confirmed labels to fit weights to"
    advice = "Keep giving verdicts on logins, and settling challenges; a shipped policy serves until then."


@dataclass(frozen=True, slots=True)
class Example:
    """A login: how much of each evidence it showed, before any weight, and whose it was.

    `confirmed`: somebody said so; else it is one of all logins, drawn at random, that nobody disputes.
    """

    evidence: Evidence
    truth: Truth
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Proposal:
    """A policy document, and each weight of it that moved: from, to. `labels`: accounts of each truth.

    `left`: weights that stay for want of accounts that show the evidence.
    """

    document: dict[str, Any]
    moved: dict[str, tuple[float, float]]
    labels: dict[str, int]
    left: list[str]


def bare_evidence(signals: Iterable[tuple[str, float]], policy: Policy) -> Evidence:
    """The evidence of a login, by code and weight, without the weights of the policy that judged it."""
    found, weights = {}, _weights(policy)
    for code, weight in signals:
        name = _FEATURE_OF.get(code, code)
        if weights.get(name):
            found[name] = weight / weights[name]
    return found


def propose(base: Policy, examples: Sequence[Example], all_logins: Sequence[Evidence]) -> Proposal:
    """The policy `base` with weights fitted to the labels, its prior such that as many of `all_logins` are
    challenged as before. Raises `TooFewLabels`.
    """
    labels = Counter(example.truth for example in examples if example.confirmed)
    for truth, least in LEAST.items():
        if labels[truth] < least:
            raise TooFewLabels(
                f"Weights need {least} accounts with a confirmed label {truth}; there are {labels[truth]}."
            )
    before = _weights(base)
    shown = Counter(name for one in examples for name, amount in one.evidence.items() if amount)
    free = [name for name in NAMES if before[name] and shown[name] >= LEAST_SHOWN]
    weights = _fitted(before, free, examples, base.prior)
    rounded = {name: round(weight, 3) for name, weight in weights.items()}
    document = base.to_document() | {
        "prior": round(_prior(base, rounded, all_logins), 3),
        "features": {str(feature): rounded[feature] for feature in Feature},
        "signals": {str(code): rounded[code] for code in SignalCode},
    }
    return Proposal(
        document,
        {name: (before[name], rounded[name]) for name in NAMES if before[name] != rounded[name]},
        {str(truth): labels[truth] for truth in Truth},
        [name for name in NAMES if before[name] and name not in free],
    )


def _fitted(
    before: Mapping[str, float],
    free: Sequence[str],
    examples: Sequence[Example],
    prior: float,
) -> dict[str, float]:
    """Coordinate descent on the penalised likelihood: each step goes down, for its curvature is bounded.

    The intercept is free, and thrown away: how many takeovers there are among labels says nothing of logins.
    """
    weights, intercept = dict(before), prior
    importance = _importance(examples)
    taken_over = [float(example.truth is Truth.TAKEOVER) for example in examples]
    odds = [
        intercept + sum(weights[name] * amount for name, amount in one.evidence.items()) for one in examples
    ]
    columns = {
        name: [(row, one.evidence[name]) for row, one in enumerate(examples) if one.evidence.get(name)]
        for name in free
    }
    ones = [(row, 1.0) for row in range(len(examples))]
    for _ in range(MOST_ROUNDS):
        step = _step(ones, odds, taken_over, importance)
        intercept, largest = intercept + step, abs(step)
        _move(odds, ones, step)
        for name in free:
            old, start = weights[name], before[name]
            held = 2 * RIDGE / start**2
            step = _step(columns[name], odds, taken_over, importance, held * (old - start), held)
            least, most = sorted((start / LARGEST_CHANGE, start * LARGEST_CHANGE))
            weights[name] = min(max(old + step, least), most)
            _move(odds, columns[name], weights[name] - old)
            largest = max(largest, abs(weights[name] - old))
        if largest < SETTLED_AT:
            break
    return weights


def _step(
    column: Sequence[tuple[int, float]],
    odds: Sequence[float],
    taken_over: Sequence[float],
    importance: Sequence[float],
    away: float = 0.0,
    held: float = 0.0,
) -> float:
    slope, curvature = away, held
    for row, amount in column:
        miss = 1.0 / (1.0 + exp(-max(-LARGEST_ODDS, min(LARGEST_ODDS, odds[row])))) - taken_over[row]
        slope += importance[row] * miss * amount
        curvature += importance[row] * amount * amount / 4
    return -slope / curvature if curvature else 0.0


def _move(odds: list[float], column: Sequence[tuple[int, float]], step: float) -> None:
    for row, amount in column:
        odds[row] += step * amount


def _importance(examples: Sequence[Example]) -> list[float]:
    of = Counter(one.truth for one in examples)
    each = {Truth.OWNER: 1.0, Truth.TAKEOVER: TAKEOVER_SHARE * of[Truth.OWNER] / of[Truth.TAKEOVER]}
    return [each[one.truth] for one in examples]


def _prior(base: Policy, weights: Mapping[str, float], all_logins: Sequence[Evidence]) -> float:
    """As many are challenged as under `base`; where none are, the prior stays."""
    if not 0 < base.challenge_at < 1:
        return base.prior
    threshold = log(base.challenge_at / (1 - base.challenge_at))
    before = _weights(base)
    challenged = sum(base.prior + _sum(before, login) >= threshold for login in all_logins)
    sums = sorted((_sum(weights, login) for login in all_logins), reverse=True)
    if not 0 < challenged < len(sums):
        return base.prior
    return threshold - (sums[challenged - 1] + sums[challenged]) / 2


def _sum(weights: Mapping[str, float], login: Evidence) -> float:
    return sum(weights[name] * amount for name, amount in login.items())


def _weights(policy: Policy) -> dict[str, float]:
    weights: dict[str, float] = {str(feature): weight for feature, weight in policy.features.items()}
    return weights | {str(code): weight for code, weight in policy.signals.items()}
