"""The weights that ship, fitted to simulated wallets: deterministic, regularised, every sign sensible."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from lab.expectations import (
    EXPECTED_FEATURES,
    EXPECTED_SIGNALS,
    LARGEST_FEATURES,
    LARGEST_SIGNALS,
)
from lab.splits import ACCOUNTS_A_WALLET, judged
from secmon.risk.assess import COPIED_SHARE, TERMS
from secmon.risk.levels import Feature
from secmon.risk.policy import Policy
from secmon.risk.shipped import DEFAULT_POLICY, shipped
from secmon.risk.signals import SignalCode
from secmon.simulation.kinds import Attack, Honest, Kind
from secmon.simulation.service import JudgedLogin

NAMES = [*(str(name) for name in Feature), *(str(code) for code in SignalCode)]
FEATURE_OF_TERM = {str(code): feature for feature, codes in TERMS.items() for code in codes}

# How strongly weights are held to what is expected of them before any data.
RIDGE = 3.0
# All attacks together weigh this share of the honest logins, each kind the same, but for what `AIMS` say.
ATTACK_SHARE = 0.03
# Travellers and VPN owners are few, and are the ones who suffer.
HONEST_WEIGHTS: Mapping[Kind, float] = {Honest.FOREIGN_TRAVEL: 3.0, Honest.VPN_OWNER: 4.0}
# Nothing of such a login is another than the owner's: a weight that caught it would catch the owner.
COPIES = frozenset({Attack.COPIED_HOME, Attack.COPIED_CITY, Attack.COPIED_ABROAD})
# Whoever lives in the owner's town and carries another phone looks as an owner with a new one.
NEIGHBOURS = (Attack.LOCAL, Attack.NO_HANDSET)


# What the simulated wallets show too seldom to be told otherwise: an id on another handset asks for proof,
# and so do being in two places at once and coming from where an attack comes from.
SURE_SIGNALS: Mapping[SignalCode, float] = {
    SignalCode.MISMATCHED_DEVICE: 5.0,
    SignalCode.IMPOSSIBLE_TRAVEL: 6.5,
    SignalCode.SOURCE_UNDER_SUSPICION: 5.5,
}


@dataclass(frozen=True, slots=True)
class Aim:
    """What a policy is fitted to: how much kinds of login count, if not once, and which share of the training
    wallets' honest logins score above `challenge_at`. What counts 0 is left out. `least`: weights that are
    no smaller, whatever is found. `asks_reinstalls`: each is challenged but at its owner's own address.
    """

    challenged: float
    kinds: Mapping[Kind, float]
    least: Mapping[SignalCode, float] = field(default_factory=lambda: SURE_SIGNALS)
    asks_reinstalls: bool = True

    def worth(self, kind: Kind) -> float:
        return 0.0 if kind in COPIES else self.kinds.get(kind, 1.0)


_TOWN_LEFT_ALONE: Mapping[Kind, float] = {
    **HONEST_WEIGHTS,
    **dict.fromkeys(NEIGHBOURS, 0.0),
    Honest.NEW_PHONE: 2.0,
    Honest.FIRST_BROWSER: 2.0,
}
AIMS: Mapping[str, Aim] = {
    "balanced": Aim(0.009, _TOWN_LEFT_ALONE),
    # Another phone is asked for proof wherever it is used, but at an address that is the owner's.
    "strict": Aim(
        0.02,
        {**HONEST_WEIGHTS, Attack.LOCAL: 2.0, Attack.NO_HANDSET: 4.0, Attack.TARGETED: 4.0},
        {**SURE_SIGNALS, SignalCode.NEW_DEVICE: 5.5},
    ),
    "quiet": Aim(0.0037, _TOWN_LEFT_ALONE, asks_reinstalls=False),
}
SMALLEST_FEATURE, LARGEST_FEATURE = 0.2, 1.2
SMALLEST_SIGNAL, LARGEST_SIGNAL = 0.3, 9.0
# By so much a reinstall's score lies above `challenge_at` where all that can be copied speaks for it.
CLEARLY = 0.5
# A first login has this score, and is of low risk.
LARGEST_PRIOR = -0.6

Floats = NDArray[np.float64]


def unit_policy() -> Policy:
    """Every weight 1 and every login challenged: the terms of an assessment are then the bare evidence."""
    document = DEFAULT_POLICY.to_document() | {
        "prior": 0.0,
        "features": {str(feature): 1.0 for feature in Feature},
        "signals": {str(code): 1.0 for code in SignalCode},
        "challenge_at": 0.0,
        "deny_at": 1.0,
    }
    return Policy.from_document(document)


def fit(seeds: Iterable[int], accounts: int = ACCOUNTS_A_WALLET) -> dict[str, dict[str, Any]]:
    """The policy documents, by name, with weights and prior fitted to the wallets with these seeds."""
    kinds: list[Kind] = []
    rows = []
    for judged_login in judged(unit_policy(), seeds, accounts):
        kinds.append(judged_login.message.kind)
        rows.append(bare_evidence(judged_login))
    evidence = np.array(rows)
    return {name: document_of(name, evidence, kinds) for name in AIMS}


def document_of(name: str, evidence: Floats, kinds: list[Kind]) -> dict[str, Any]:
    """The policy document fitted to these logins: a row of bare evidence each, and what they truly were."""
    aim = AIMS[name]
    weights = fit_weights(evidence, kinds, aim)
    honest = np.array([isinstance(kind, Honest) for kind in kinds])
    prior = -float(np.quantile((evidence @ weights)[honest], 1 - aim.challenged))
    prior = min(prior, LARGEST_PRIOR)
    found = dict(zip(NAMES, map(float, weights), strict=True))
    if aim.asks_reinstalls:
        asking = CLEARLY - prior + sum(found[name] * -log(share) for name, share in COPIED_SHARE.items())
        found[SignalCode.NEW_INSTALL] = max(asking, found[SignalCode.NEW_INSTALL])
    found = {name: round(weight, 3) for name, weight in found.items()}
    return shipped(name).to_document() | {
        "prior": round(prior, 3),
        "features": {str(feature): found[feature] for feature in Feature},
        "signals": {str(code): found[code] for code in SignalCode},
        "challenge_at": 0.5,
    }


def bare_evidence(judged_login: JudgedLogin) -> list[float]:
    """The evidence of a login judged under `unit_policy`, in the order of NAMES."""
    found = dict.fromkeys(NAMES, 0.0)
    for signal in judged_login.judgement.assessment.signals:
        found[FEATURE_OF_TERM.get(signal.code, signal.code)] = signal.weight
    return list(found.values())


def fit_weights(evidence: Floats, kinds: list[Kind], aim: Aim) -> Floats:
    """Logistic regression, pulled towards the expected weights and bounded to the sign that makes sense."""
    attack = np.array([isinstance(kind, Attack) for kind in kinds])
    importance = _importance(kinds, aim)
    rows = np.column_stack([evidence, np.ones(len(evidence))])
    expected = np.array(
        [
            *(EXPECTED_FEATURES[name] for name in Feature),
            *(EXPECTED_SIGNALS[code] for code in SignalCode),
            0.0,
        ]
    )
    held = np.append(np.full(len(NAMES), RIDGE), 0.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = rows @ weights
        wrong = np.logaddexp(0.0, np.where(attack, -odds, odds))
        away = held * (weights - expected)
        miss = 1 / (1 + np.exp(-np.clip(odds, -500, 500))) - attack
        return float(importance @ wrong + away @ (weights - expected)), rows.T @ (
            importance * miss
        ) + 2 * away

    found = minimize(
        loss,
        expected,
        jac=True,
        bounds=weight_bounds(aim.least),
        method="L-BFGS-B",
        options={"maxiter": 2000},
    )
    weights: Floats = found.x[:-1]
    return weights


def _importance(kinds: list[Kind], aim: Aim) -> Floats:
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    honest = sum(count for kind, count in counts.items() if isinstance(kind, Honest))
    attacks = sum(1 for kind in counts if isinstance(kind, Attack) and aim.worth(kind))
    each = ATTACK_SHARE * honest / max(1, attacks)
    worth = {
        kind: aim.worth(kind) * (each / count if isinstance(kind, Attack) else 1.0)
        for kind, count in counts.items()
    }
    return np.array([worth[kind] for kind in kinds])


def weight_bounds(
    least: Mapping[SignalCode, float] = MappingProxyType({}),
) -> list[tuple[float | None, float | None]]:
    """(least, most) of each weight in the order of NAMES, and of the intercept, which has none."""
    signals: list[tuple[float | None, float | None]] = [
        (-LARGEST_SIGNAL, 0.0)
        if EXPECTED_SIGNALS[code] < 0
        else (least.get(code, SMALLEST_SIGNAL), LARGEST_SIGNALS.get(code, LARGEST_SIGNAL))
        for code in SignalCode
    ]
    features = [(SMALLEST_FEATURE, LARGEST_FEATURES.get(name, LARGEST_FEATURE)) for name in Feature]
    return [*features, *signals, (None, None)]
