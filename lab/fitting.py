"""The weights that ship, fitted to simulated wallets: deterministic, regularised, every sign sensible."""

from collections.abc import Iterable
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
from secmon.risk.assess import TERMS
from secmon.risk.levels import Feature
from secmon.risk.policy import Policy
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.risk.signals import SignalCode
from secmon.simulation.kinds import Attack, Honest, Kind
from secmon.simulation.service import JudgedLogin

NAMES = [*(str(name) for name in Feature), *(str(code) for code in SignalCode)]
FEATURE_OF_TERM = {str(code): feature for feature, codes in TERMS.items() for code in codes}

# How strongly weights are held to what is expected of them before any data.
RIDGE = 3.0
# All attacks together weigh this share of the honest logins, each kind the same, with these exceptions. A
# targeted attack differs from a reinstall in its network only: at full weight it would buy a few more catches
# with most reinstalls. Travellers, VPN owners and browser users are few, and are the ones who suffer.
ATTACK_SHARE = 0.03
KIND_WEIGHTS: dict[Kind, float] = {
    Attack.TARGETED: 0.3,
    Honest.FOREIGN_TRAVEL: 3.0,
    Honest.VPN_OWNER: 4.0,
    Honest.NEW_PHONE: 2.0,
    Honest.FIRST_BROWSER: 2.0,
}
SMALLEST_FEATURE, LARGEST_FEATURE = 0.2, 1.2
SMALLEST_SIGNAL, LARGEST_SIGNAL = 0.3, 7.0
# The prior is set so that this share of honest training logins scores above `challenge_at`. A little more,
# and every first login is of medium risk, and challenged where it uses a VPN; less, and attacks get through.
CHALLENGED_SHARE = 0.0109

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


def fit(seeds: Iterable[int], accounts: int = ACCOUNTS_A_WALLET) -> dict[str, Any]:
    """The policy document with weights and prior fitted to the wallets with these seeds."""
    kinds: list[Kind] = []
    rows = []
    for judged_login in judged(unit_policy(), seeds, accounts):
        kinds.append(judged_login.message.kind)
        rows.append(bare_evidence(judged_login))
    evidence = np.array(rows)
    return document_of(evidence, kinds)


def document_of(evidence: Floats, kinds: list[Kind]) -> dict[str, Any]:
    """The policy document fitted to these logins: a row of bare evidence each, and what they truly were."""
    weights = fit_weights(evidence, kinds)
    honest = np.array([isinstance(kind, Honest) for kind in kinds])
    prior = -float(np.quantile((evidence @ weights)[honest], 1 - CHALLENGED_SHARE))
    found = dict(zip(NAMES, (round(float(weight), 3) for weight in weights), strict=True))
    return DEFAULT_POLICY.to_document() | {
        "prior": round(prior, 3),
        "features": {str(feature): found[feature] for feature in Feature},
        "signals": {str(code): found[code] for code in SignalCode},
    }


def bare_evidence(judged_login: JudgedLogin) -> list[float]:
    """The evidence of a login judged under `unit_policy`, in the order of NAMES."""
    found = dict.fromkeys(NAMES, 0.0)
    for signal in judged_login.judgement.assessment.signals:
        found[FEATURE_OF_TERM.get(signal.code, signal.code)] = signal.weight
    return list(found.values())


def fit_weights(evidence: Floats, kinds: list[Kind]) -> Floats:
    """Logistic regression, pulled towards the expected weights and bounded to the sign that makes sense."""
    attack = np.array([isinstance(kind, Attack) for kind in kinds])
    importance = _importance(kinds)
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
        loss, expected, jac=True, bounds=weight_bounds(), method="L-BFGS-B", options={"maxiter": 2000}
    )
    weights: Floats = found.x[:-1]
    return weights


def _importance(kinds: list[Kind]) -> Floats:
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    honest = sum(count for kind, count in counts.items() if isinstance(kind, Honest))
    each = ATTACK_SHARE * honest / sum(1 for kind in counts if isinstance(kind, Attack))
    worth = {
        kind: KIND_WEIGHTS.get(kind, 1.0) * (each / count if isinstance(kind, Attack) else 1.0)
        for kind, count in counts.items()
    }
    return np.array([worth[kind] for kind in kinds])


def weight_bounds() -> list[tuple[float | None, float | None]]:
    """(least, most) of each weight in the order of NAMES, and of the intercept, which has none."""
    signals: list[tuple[float | None, float | None]] = [
        (-LARGEST_SIGNAL, 0.0)
        if EXPECTED_SIGNALS[code] < 0
        else (SMALLEST_SIGNAL, LARGEST_SIGNALS.get(code, LARGEST_SIGNAL))
        for code in SignalCode
    ]
    features = [(SMALLEST_FEATURE, LARGEST_FEATURES.get(name, LARGEST_FEATURE)) for name in Feature]
    return [*features, *signals, (None, None)]
