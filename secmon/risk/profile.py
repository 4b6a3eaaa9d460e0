"""One account's habits and recent past: bounded, fading, a few kB, read and written at every login."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Self

from secmon.risk import recent
from secmon.risk.counts import Counts, add, faded_count
from secmon.risk.fading import weight_at
from secmon.risk.levels import Level, values_of
from secmon.risk.login import Login
from secmon.risk.network import network_of
from secmon.risk.place import placed
from secmon.risk.recent import Entry, Logins, device_mark

FORMAT = 1
HOURS_A_DAY = 24

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode
_decode = json.JSONDecoder().decode


class Profile:
    """What is known of an owner.

    The same set of calls leaves an equal profile in whatever order they are made, up to the bounds documented
    in `counts` and `recent`. Times are Unix seconds.
    """

    __slots__ = (
        "challenges_failed",
        "changes",
        "counts",
        "failures",
        "first_seen",
        "hours",
        "latest",
        "logins",
        "reported",
        "totals",
    )

    def __init__(self) -> None:
        self.counts: dict[str, Counts] = {}
        self.totals: dict[str, int] = {}
        self.first_seen: dict[str, int] = {}
        self.hours = [0] * HOURS_A_DAY
        self.latest = 0
        self.logins: Logins = {}
        self.failures: list[Entry] = []
        self.challenges_failed: list[Entry] = []
        self.reported: list[Entry] = []
        self.changes: list[Entry] = []

    @property
    def is_empty(self) -> bool:
        """No login of this account has ever been learnt."""
        return not self.latest

    def learn(self, login: Login) -> None:
        """Make this login part of the owner's habits. The caller has decided that it should be."""
        seconds = unix_seconds(login.occurred_at)
        weight = weight_at(seconds)
        for level, value in values_of(login).items():
            add(self.counts.setdefault(level, {}), value, seconds)
            self.totals[level] = self.totals.get(level, 0) + weight
        if login.device_key:
            self._note_first_seen(login.device_key, seconds)
        self.hours[seconds // 3600 % HOURS_A_DAY] += weight
        self.latest = max(self.latest, seconds)
        recent.keep_login(self.logins, placed(login), seconds)

    def _note_first_seen(self, device_key: str, seconds: int) -> None:
        self.first_seen[device_key] = min(seconds, self.first_seen.get(device_key, seconds))
        devices = self.counts[Level.DEVICE]
        if len(self.first_seen) > len(devices):
            self.first_seen = {key: first for key, first in self.first_seen.items() if key in devices}

    def unlearn(self, login: Login) -> None:
        """The owner says "not me" of this login: its device and network are no habit but marked."""
        seconds = unix_seconds(login.occurred_at)
        self._forget_logins(placed(login), self.first_seen.pop(login.device_key or "", seconds))
        self._forget(Level.DEVICE, lambda value: value == login.device_key)
        if login.network:
            self._forget(Level.PREFIX, lambda value: value == login.network)
            self._forget(Level.ADDRESS, lambda value: network_of(value) == login.network)
        entry = [seconds, device_mark(login.device_key), login.network or ""]
        recent.keep_latest(self.reported, entry, recent.MARKS_KEPT)

    def _forget_logins(self, place: str, since: int) -> None:
        """Nobody is to be measured by the speed from where a stranger was."""
        earlier = [seconds for seconds in self.logins.pop(place, []) if seconds < since]
        if earlier:
            self.logins[place] = earlier

    def _forget(self, level: Level, is_reported: Callable[[str], bool]) -> None:
        counts = self.counts.get(level, {})
        for value in [value for value in counts if is_reported(value)]:
            self.totals[level] -= faded_count(counts.pop(value))

    def note_failure(self, login: Login) -> None:
        """A failed login teaches no habit; its time and network are kept for a while."""
        entry = [unix_seconds(login.occurred_at), login.network or "", int(login.wrong_password)]
        recent.keep_failure(self.failures, entry)

    def note_failed_challenge(self, login: Login) -> None:
        """Whoever made this login could not prove to be the owner."""
        entry = [unix_seconds(login.occurred_at), device_mark(login.device_key), login.network or ""]
        recent.keep_latest(self.challenges_failed, entry, recent.MARKS_KEPT)

    def note_credential_change(self, occurred_at: datetime, credential: str, method: str) -> None:
        """A password, phone or e-mail was changed: `credential` and `method` as in the API."""
        entry = [unix_seconds(occurred_at), credential, method]
        recent.keep_latest(self.changes, entry, recent.MARKS_KEPT)

    def encode(self) -> str:
        """Compact JSON; the keys are short because every login reads and writes this."""
        return _encode(
            {
                "v": FORMAT,
                "c": self.counts,
                "t": self.totals,
                "d": self.first_seen,
                "h": self.hours,
                "l": self.latest,
                "r": self.logins,
                "f": self.failures,
                "x": self.challenges_failed,
                "n": self.reported,
                "p": self.changes,
            }
        )

    @classmethod
    def decode(cls, stored: str) -> Self:
        """The profile that `encode` wrote. Raises ValueError for another format."""
        document = _decode(stored)
        if document["v"] != FORMAT:
            raise ValueError(f"profile format {document['v']} is not {FORMAT}")
        profile = cls.__new__(cls)
        profile.counts, profile.totals = document["c"], document["t"]
        profile.first_seen, profile.hours, profile.latest = document["d"], document["h"], document["l"]
        profile.logins, profile.failures = document["r"], document["f"]
        profile.challenges_failed, profile.reported = document["x"], document["n"]
        profile.changes = document["p"]
        return profile

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Profile):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __hash__(self) -> int:
        raise TypeError("a profile changes as it learns")


def unix_seconds(moment: datetime) -> int:
    """Whole seconds since 1970 of an aware instant."""
    return int(moment.timestamp())
