"""What each shipped policy catches and costs, on wallets that taught it nothing: `shipped/measured.json`."""

from __future__ import annotations

from typing import Any

import numpy as np

from lab.figures import SERVICE, Mask, Scored, collect, joined
from lab.splits import judged
from secmon.risk.assess import probability
from secmon.risk.shipped import SHIPPED_NAMES, shipped
from secmon.simulation.kinds import Attack, Honest

NATURAL_MIX = "natural mix"
# Thresholds of the curves, in log-odds: from nearly every login challenged to nearly none.
CURVE = [step / 4 for step in range(-16, 29)]
DIGITS = 5


def measure(seeds: range, accounts: int) -> dict[str, Any]:
    """The document of all shipped policies, each judging the same wallets with its own consequences.

    A curve moves the threshold alone: what its owners would have taught under another one is left out.
    """
    return {
        "wallets": len(seeds),
        "accounts": accounts,
        "seeds": list(seeds),
        "policies": {name: _measured(name, seeds, accounts) for name in SHIPPED_NAMES},
    }


def _measured(name: str, seeds: range, accounts: int) -> dict[str, Any]:
    scored = joined(collect(judged(shipped(name), [seed], accounts)) for seed in seeds)
    odds = scored.scores[SERVICE]

    return {
        "caught": {kind: _share(scored.challenged[those]) for kind, those in _attacks(scored).items()},
        "challenged": {kind: _share(scored.challenged[those]) for kind, those in _owners(scored).items()},
        "curves": {
            "challenge_at": [round(probability(at), 6) for at in CURVE],
            "caught": {
                kind: [_share(odds[those] >= at) for at in CURVE] for kind, those in _attacks(scored).items()
            },
        },
    }


def _attacks(scored: Scored) -> dict[str, Mask]:
    """Kinds that the wallets do not show are left out, here and of owners."""
    return _shown({str(kind): scored.of(kind) for kind in Attack})


def _owners(scored: Scored) -> dict[str, Mask]:
    return _shown({NATURAL_MIX: scored.honest, **{str(kind): scored.of(kind) for kind in Honest}})


def _shown(kinds: dict[str, Mask]) -> dict[str, Mask]:
    return {kind: those for kind, those in kinds.items() if those.any()}


def _share(hits: Mask) -> float:
    return round(float(np.mean(hits)), DIGITS)
