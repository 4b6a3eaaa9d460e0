"""The policies that ship, in `shipped/`, and what each was measured to catch and to cost.

Their weights are what `python -m lab fit` finds on the simulated wallet; `fit --check` says whether they
still are. `python -m lab measure` writes `shipped/measured.json`.
"""

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log
from typing import Any

from secmon.risk.policy import Policy

SHIPPED_NAMES = ("balanced", "strict", "quiet")
DEFAULT_NAME = "balanced"
FOLDER = "shipped"
MEASURED_FILE = "measured.json"
# What is fitted and measured. The rest of a policy is the operator's own: whom to watch, whom to tell.
JUDGING = ("prior", "features", "signals", "challenge_at", "deny_at", "limits")
# What a score is made of: two policies that agree in this differ in what follows from it alone.
WEIGHING = ("prior", "features", "signals", "limits")


@dataclass(frozen=True, slots=True)
class Measured:
    """One policy on simulated wallets that taught it nothing; all shares from 0 to 1.

    `caught`: by kind of attack, the share challenged or denied. `challenged`: the same by kind of honest
    login, "natural mix" being all of them. `curves`: what the same weights catch at other thresholds, in
    rising order: `{"challenge_at": [...], "caught": {kind: [...]}}`.
    """

    caught: Mapping[str, float]
    challenged: Mapping[str, float]
    curves: Mapping[str, Any]

    def caught_at(self, challenge_at: float) -> dict[str, float]:
        """What would be caught at that threshold, by kind of attack; between two measured ones, in a line."""
        return {kind: self._at(challenge_at, shares) for kind, shares in self.curves["caught"].items()}

    def _at(self, challenge_at: float, shares: list[float]) -> float:
        thresholds = self.curves["challenge_at"]
        after = bisect_right(thresholds, challenge_at)
        if after in (0, len(thresholds)):
            return shares[min(after, len(thresholds) - 1)]
        low, high, wanted = (_log_odds(at) for at in (*thresholds[after - 1 : after + 1], challenge_at))
        part = (wanted - low) / (high - low)
        return shares[after - 1] + part * (shares[after] - shares[after - 1])


@dataclass(frozen=True, slots=True)
class Measurements:
    """`wallets` of so many `accounts`, drawn from these `seeds`; by the name of the policy."""

    wallets: int
    accounts: int
    seeds: tuple[int, ...]
    policies: Mapping[str, Measured]


def shipped(name: str = DEFAULT_NAME) -> Policy:
    """The policy of that name in this release. Raises `KeyError` for one that does not ship."""
    return _POLICIES[name]


@cache
def measured() -> Measurements:
    """What `shipped/measured.json` says."""
    found = _read(MEASURED_FILE)
    policies = {name: Measured(**one) for name, one in found["policies"].items()}
    return Measurements(found["wallets"], found["accounts"], tuple(found["seeds"]), policies)


def judging(name: str) -> dict[str, Any]:
    """The members of the document of that name that say how logins are judged."""
    return _members(shipped(name), JUDGING)


def judges_as(policy: Policy, name: str) -> bool:
    """Whether this policy judges as the shipped one of that name, which may be one of another release."""
    return name in _POLICIES and _members(policy, JUDGING) == judging(name)


def weighs_as(policy: Policy) -> str | None:
    """The shipped policy whose weights are this one's, whatever follows from them; None for others."""
    wanted = _members(policy, WEIGHING)
    return next((name for name, one in _POLICIES.items() if _members(one, WEIGHING) == wanted), None)


def _members(policy: Policy, names: tuple[str, ...]) -> dict[str, Any]:
    document = policy.to_document()
    return {name: document[name] for name in names}


def _log_odds(score: float) -> float:
    return log(score / (1 - score)) if 0 < score < 1 else (-40.0 if score <= 0 else 40.0)


def _read(file: str) -> Any:
    return json.loads(files("secmon.risk").joinpath(FOLDER, file).read_text("utf-8"))


_POLICIES = {name: Policy.from_document(_read(f"{name}.json")) for name in SHIPPED_NAMES}
DEFAULT_POLICY = shipped()
