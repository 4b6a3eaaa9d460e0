"""What simpler detectors make of the same logins, for comparison."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log

from secmon.risk.levels import LEVEL_WEIGHTS, Feature, Level, values_of
from secmon.simulation.kinds import Honest
from secmon.simulation.service import JudgedLogin

RATIO = "likelihood ratio, network and client"
RATIO_WITH_INSTALL = "likelihood ratio, network, client and device_id"
AGENT = "user agent not seen before"
COUNTRY = "country not seen before"

Levels = tuple[tuple[Level, float], ...]
NETWORK_AND_CLIENT: tuple[Levels, ...] = (LEVEL_WEIGHTS[Feature.NETWORK], LEVEL_WEIGHTS[Feature.CLIENT])
INSTALL: Levels = ((Level.DEVICE, 1.0),)


@dataclass(slots=True)
class Counts:
    """How often each value came, and how many values came in all."""

    values: Counter[str] = field(default_factory=Counter)
    total: int = 0

    def add(self, value: str) -> None:
        """One more login with this value."""
        self.values[value] += 1
        self.total += 1

    def probability(self, value: str) -> float:
        """Add-one estimate, with one value more than were seen."""
        return (self.values[value] + 1) / (self.total + len(self.values) + 1)


class PlainRatio:
    """Freeman et al. (NDSS 2016) by itself: every feature weighs 1, no ratio is bounded, nothing fades."""

    def __init__(self, features: tuple[Levels, ...]) -> None:
        self._features = features
        self._population: dict[Level, Counts] = defaultdict(Counts)
        self._owners: dict[tuple[str, Level], Counts] = defaultdict(Counts)

    def score(self, account_id: str, values: Mapping[Level, str]) -> float:
        """The log-likelihood ratio; a level without a value is left out, a feature without any is dropped."""
        return -sum(self._log_mixture(account_id, values, levels) for levels in self._features)

    def _log_mixture(self, account_id: str, values: Mapping[Level, str], levels: Levels) -> float:
        mixed = weights = 0.0
        for level, weight in levels:
            if value := values.get(level):
                owner, anyone = self._owners[account_id, level], self._population[level].probability(value)
                mixed += weight * (owner.values[value] / anyone + 1) / (owner.total + 1)
                weights += weight
        return log(mixed / weights) if weights else 0.0

    def learn(self, account_id: str, values: Mapping[Level, str]) -> None:
        """One login more of this owner and of the population."""
        for levels in self._features:
            for level, _ in levels:
                if value := values.get(level):
                    self._owners[account_id, level].add(value)
                    self._population[level].add(value)


class Baselines:
    """Scores each login of one wallet as it comes; values become known once the owner has shown them.

    Honest logins teach whatever was decided about them, which the service is not allowed: the baselines are
    given the better hand.
    """

    def __init__(self) -> None:
        self._shown: dict[str, set[str]] = defaultdict(set)
        self._ratios = {
            RATIO: PlainRatio(NETWORK_AND_CLIENT),
            RATIO_WITH_INSTALL: PlainRatio((*NETWORK_AND_CLIENT, INSTALL)),
        }

    def score(self, judged_login: JudgedLogin) -> dict[str, float]:
        """Scores by name of the baseline."""
        body = judged_login.message.body
        account_id = body["account_id"]
        shown = self._shown[account_id]
        agent, country = body["user_agent"], f"country {body['geo']['country']}"
        values = values_of(judged_login.judgement.login) | {Level.DEVICE: body.get("device_id", "")}
        scores = {name: ratio.score(account_id, values) for name, ratio in self._ratios.items()}
        scores |= {
            AGENT: float(bool(shown) and agent not in shown),
            COUNTRY: float(bool(shown) and country not in shown),
        }
        if isinstance(judged_login.message.kind, Honest):
            shown.update((agent, country))
            for ratio in self._ratios.values():
                ratio.learn(account_id, values)
        return scores
