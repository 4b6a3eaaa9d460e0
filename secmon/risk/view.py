"""What one judgement looks at, gathered once."""

from bisect import bisect_right
from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from secmon.risk.counts import faded_count, last_seen, weight_at
from secmon.risk.levels import Level, values_of
from secmon.risk.limits import EvidenceLimits
from secmon.risk.login import Login, Tallies
from secmon.risk.place import placed
from secmon.risk.population import Population
from secmon.risk.profile import Profile, unix_seconds
from secmon.risk.proofs import proving

# Phones get another address of their carrier each day, and in a year have had many of a town. Counts fade.
OWN_ADDRESS_LOGINS = 1.5
OWN_ADDRESS_SHARE = 0.05


class View(NamedTuple):
    """A login beside all that is known. `one_login`: what one weighs now, in the profile's fixed point.

    `proofs`: the methods that came along and prove.
    """

    login: Login
    profile: Profile
    tallies: Tallies
    population: Population
    limits: EvidenceLimits
    seconds: int
    values: Mapping[Level, str]
    place: str
    one_login: int
    in_trusted_network: bool
    proofs: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        login: Login,
        profile: Profile,
        tallies: Tallies,
        population: Population,
        limits: EvidenceLimits,
        in_trusted_network: bool,
        server_side_biometrics: bool = False,
        phone_codes: bool = True,
    ) -> "View":
        seconds = unix_seconds(login.occurred_at)
        # A late login is compared with habits as they stand; none of them may weigh more than a login of
        # today.
        one_login = weight_at(max(seconds, profile.latest))
        values = values_of(login)
        return cls(
            login,
            profile,
            tallies,
            population,
            limits,
            seconds,
            values,
            placed(login),
            one_login,
            in_trusted_network,
            proving(login.amr, server_side_biometrics=server_side_biometrics, phone_codes=phone_codes),
        )

    def times_shown(self, level: Level) -> float:
        """How often, faded, the owner showed this login's value of a level."""
        value = self.values.get(level)
        packed = self.profile.counts.get(level, {}).get(value, 0) if value else 0
        return faded_count(packed) / self.one_login

    @property
    def on_own_address(self) -> bool:
        """The very address that the owner comes from again and again: a home's, not a carrier's of a day."""
        logins = self.profile.totals.get(Level.ADDRESS, 0) / self.one_login
        return self.times_shown(Level.ADDRESS) >= max(OWN_ADDRESS_LOGINS, OWN_ADDRESS_SHARE * logins)

    def was_seen_at(self, level: Level, seconds: float) -> bool:
        """The owner's last login with this login's value of a level was the one at that time."""
        value = self.values.get(level)
        packed = self.profile.counts.get(level, {}).get(value, 0) if value else 0
        return packed != 0 and last_seen(packed) == seconds

    def is_new(self, level: Level) -> bool:
        """The login has a value here, the owner showed others, and never this one."""
        value = self.values.get(level)
        shown = self.profile.counts.get(level)
        return bool(value and shown and value not in shown)

    def latest_before(self) -> int | None:
        """When the owner's last login before this one was, wherever."""
        found = 0
        for times in self.profile.logins.values():
            here = bisect_right(times, self.seconds)
            if here and times[here - 1] > found:
                found = times[here - 1]
        return found or None

    def neighbours(self) -> list[tuple[float, str]]:
        """Time and place of the owner's nearest placed logins before and after this one, in time."""
        before, after = (-inf, ""), (inf, "")
        for place, times in self.profile.logins.items():
            if not place:
                continue
            here = bisect_right(times, self.seconds)
            if here and times[here - 1] > before[0]:
                before = (times[here - 1], place)
            if here < len(times) and times[here] < after[0]:
                after = (times[here], place)
        return [found for found in (before, after) if found[1]]
