"""How common is a value among all logins of this wallet?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from secmon.risk.levels import Level, values_of
from secmon.risk.login import Login

# The most common values a level that a web process needs to hold; the others count as unseen.
VALUES_PER_LEVEL = 4096

# What an unseen value is worth, and how many logins this expectation weighs. It lets a new installation judge
# from its first login on, and keeps every probability above zero.
UNSEEN_PROBABILITY: dict[Level, float] = {
    Level.PREFIX: 0.001,
    Level.ASN: 0.02,
    Level.COUNTRY: 0.05,
    Level.REGION: 0.05,
    Level.CITY: 0.03,
    Level.MODEL: 0.02,
    Level.SYSTEM: 0.25,
    Level.DEVICE_CLASS: 0.4,
    Level.CLIENT_MAJOR: 0.1,
    Level.CLIENT: 0.25,
}
UNSEEN_STRENGTH = 200.0
_EXPECTED = {level: UNSEEN_STRENGTH * unseen for level, unseen in UNSEEN_PROBABILITY.items()}
LEAST_PROBABILITY = 1e-5

# Addresses and installs are too many to count. An address is taken as one of some that its prefix uses.
ADDRESSES_IN_USE_PER_PREFIX = 8.0
INSTALL_PROBABILITY = 1e-4

# Looked up once, as in `levels`.
_ADDRESS, _PREFIX, _DEVICE, _INSTALL = Level.ADDRESS, Level.PREFIX, Level.DEVICE, Level.INSTALL


@dataclass(frozen=True, slots=True)
class Population:
    """Counts of values a level, and of all logins that had the level (the values left out included)."""

    counts: Mapping[str, Mapping[str, float]]
    totals: Mapping[str, float]

    @classmethod
    def empty(cls) -> Self:
        """The population of a new installation: every value is as common as an unseen one."""
        return cls({}, {})

    @staticmethod
    def fold(login: Login) -> list[tuple[Level, str]]:
        """The (level, value) pairs whose counts, and levels whose totals, a learnt login raises by one."""
        return [(level, value) for level, value in values_of(login).items() if level in UNSEEN_PROBABILITY]

    def probability(self, level: Level, value: str, values: Mapping[Level, str]) -> float:
        """How likely a login of anyone has this value; `values` are all of the login at hand."""
        if level is _DEVICE:
            return INSTALL_PROBABILITY if _INSTALL in values else self._traits_probability(values)
        if level is _ADDRESS:
            prefix = values.get(_PREFIX, "")
            return self.probability(_PREFIX, prefix, values) / ADDRESSES_IN_USE_PER_PREFIX
        counts = self.counts.get(level)
        seen = counts.get(value, 0.0) if counts else 0.0
        share = (seen + _EXPECTED[level]) / (self.totals.get(level, 0.0) + UNSEEN_STRENGTH)
        return max(share, LEAST_PROBABILITY)

    def _traits_probability(self, values: Mapping[Level, str]) -> float:
        """A browser names no install: whoever has the same system and browser looks the same."""
        likely = 1.0
        for level in (Level.SYSTEM, Level.CLIENT):
            if level in values:
                likely *= self.probability(level, values[level], values)
        return likely
