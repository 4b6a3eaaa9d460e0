"""The figures of an evaluation: how many owners are bothered, how many attackers are caught."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from lab.baselines import Baselines
from secmon.risk.assess import Decision
from secmon.simulation.kinds import Attack, Honest, Kind
from secmon.simulation.service import JudgedLogin

SERVICE = "secmon"
CHALLENGED = (0.01, 0.02, 0.05)
HISTORIES = ((0, 3), (3, 10), (10, 30), (30, 100), (100, 1_000_000))
RESAMPLES = 200
CONFIDENCE = 0.95
LEAST_TO_RANK = 5

Mask = NDArray[np.bool_]
Interval = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Scored:
    """All logins of an evaluation, one entry each: scores by detector, what was decided, what was true."""

    kinds: NDArray[np.str_]
    honest: Mask
    challenged: Mask
    denied: Mask
    history: NDArray[np.int64]
    scores: dict[str, NDArray[np.float64]]

    def of(self, kind: Kind) -> Mask:
        """The logins of one kind."""
        return np.asarray(self.kinds == str(kind), dtype=np.bool_)


def collect(judged_logins: Iterable[JudgedLogin]) -> Scored:
    """Take the figures of every judged_login of one wallet, in order."""
    baselines = Baselines()
    rows, scores = [], []
    for judged_login in judged_logins:
        assessment, kind = judged_login.judgement.assessment, judged_login.message.kind
        scores.append({SERVICE: assessment.log_odds} | baselines.score(judged_login))
        rows.append(
            (
                str(kind),
                isinstance(kind, Honest),
                assessment.decision is not Decision.ALLOW,
                assessment.decision is Decision.DENY,
                judged_login.logins_learnt,
            )
        )
    kinds, honest, challenged, denied, history = zip(*rows, strict=True)
    return Scored(
        np.array(kinds),
        np.array(honest),
        np.array(challenged),
        np.array(denied),
        np.array(history),
        {name: np.array([score[name] for score in scores]) for name in scores[0]},
    )


def joined(wallets: Iterable[Scored]) -> Scored:
    """The logins of several wallets, one after the other."""
    every = list(wallets)
    return Scored(
        np.concatenate([wallet.kinds for wallet in every]),
        np.concatenate([wallet.honest for wallet in every]),
        np.concatenate([wallet.challenged for wallet in every]),
        np.concatenate([wallet.denied for wallet in every]),
        np.concatenate([wallet.history for wallet in every]),
        {name: np.concatenate([wallet.scores[name] for wallet in every]) for name in every[0].scores},
    )


def share(hits: Mask) -> Interval:
    """A share with its bootstrap interval; nan for none."""
    if not len(hits):
        return (np.nan, np.nan, np.nan)
    # Resampling a yes-or-no sample with replacement is drawing its count from a binomial distribution.
    drawn = np.random.default_rng(0).binomial(len(hits), hits.mean(), RESAMPLES * 10) / len(hits)
    return float(hits.mean()), *_interval(drawn)


def caught_at(scored: Scored, detector: str, kind: Attack, challenged: float) -> Interval:
    """The share of an attack caught if this share of honest logins is challenged, with bootstrap interval.

    Ties at the threshold count in part.
    """
    score = scored.scores[detector]
    honest, attack = np.sort(score[scored.honest]), score[scored.of(kind)]
    if not len(attack):
        return (np.nan, np.nan, np.nan)
    generator = np.random.default_rng(0)
    drawn = []
    for _ in range(RESAMPLES):
        # What a threshold of resampled honest logins challenges of the real ones follows a beta distribution.
        moved = generator.beta(challenged * len(honest), (1 - challenged) * len(honest))
        drawn.append(_caught(honest, generator.choice(attack, len(attack)), moved))
    return _caught(honest, attack, challenged), *_interval(drawn)


def _caught(honest: NDArray[np.float64], attack: NDArray[np.float64], challenged: float) -> float:
    """As `caught_at`; `honest` in ascending order."""
    threshold = honest[ceil((len(honest) - 1) * (1 - challenged))]
    first, last = np.searchsorted(honest, threshold, "left"), np.searchsorted(honest, threshold, "right")
    part = (challenged * len(honest) - (len(honest) - last)) / (last - first)
    return float((attack > threshold).mean() + part * (attack == threshold).mean())


def _interval(drawn: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(drawn, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return float(low), float(high)


def area(scored: Scored, detector: str, kind: Attack) -> Interval:
    """Area under the ROC curve of one attack against all honest logins, with its bootstrap interval."""
    score = scored.scores[detector]
    honest, attack = np.sort(score[scored.honest]), score[scored.of(kind)]
    if len(attack) < LEAST_TO_RANK:
        return (np.nan, np.nan, np.nan)
    truth = np.r_[np.zeros(len(honest)), np.ones(len(attack))]
    whole = float(roc_auc_score(truth, np.r_[honest, attack]))
    # The honest are so many that only the attacks' own draw matters: each is ranked among the honest once.
    ranks = (
        (np.searchsorted(honest, attack, "left") + np.searchsorted(honest, attack, "right")) / 2 / len(honest)
    )
    generator = np.random.default_rng(0)
    drawn = [generator.choice(ranks, len(ranks)).mean() for _ in range(RESAMPLES)]
    return whole, *_interval(drawn)
