"""One account's habits and recent past: bounded, fading, a few kB, read and written at every login."""

from datetime import datetime
from typing import Any, Self

import msgspec

from secmon.risk import recent
from secmon.risk.counts import Counts, add, faded_count, take, weight_at
from secmon.risk.levels import LEVEL_WEIGHTS, Feature, Level, values_of
from secmon.risk.login import Login
from secmon.risk.place import placed
from secmon.risk.recent import Entry, Logins, mark_of

FORMAT = 1
HOURS_A_DAY = 24

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


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
        "live",
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
        # A login was judged as it happened: from then on what is older is no history that anybody accepted.
        self.live = False
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
            add(self.counts.setdefault(level, {}), value, seconds, weight)
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

    def take_back(self, login: Login) -> None:
        """As if this login, which was learnt, had not been; but for when a value was last seen."""
        seconds = unix_seconds(login.occurred_at)
        weight = weight_at(seconds)
        for level, value in values_of(login).items():
            take(self.counts.get(level, {}), value, weight)
            self._take_from_total(level, weight)
        hour = seconds // 3600 % HOURS_A_DAY
        self.hours[hour] = max(0, self.hours[hour] - weight)
        recent.drop_login(self.logins, placed(login), seconds)
        self._after_taking(login.device_key)

    def forget_device(self, login: Login) -> None:
        """What the owner did on the device of `login` is no habit of theirs as far as devices go."""
        device = self.counts.get(Level.DEVICE, {}).get(login.device_key or "", 0)
        weight, values = faded_count(device), values_of(login)
        for level, _ in LEVEL_WEIGHTS[Feature.DEVICE]:
            if weight and level in values:
                take(self.counts.get(level, {}), values[level], weight)
                self._take_from_total(level, weight)
        self._after_taking(login.device_key)

    def note_not_me(self, login: Login) -> None:
        """The owner says "not me" of this login: its device is none of theirs, its source is marked."""
        self.forget_device(login)
        marks = [mark_of(login.device_key), login.network or "", mark_of(login.ip)]
        recent.keep_latest(self.reported, [unix_seconds(login.occurred_at), *marks], recent.MARKS_KEPT)

    def note_taken(self, device_key: str, at: datetime) -> None:
        """A report named the device: wherever it comes from, whoever has it is not taken for the owner."""
        recent.keep_latest(self.reported, [unix_seconds(at), mark_of(device_key), "", ""], recent.MARKS_KEPT)

    def _take_from_total(self, level: Level, weight: int) -> None:
        left = self.totals.get(level, 0) - weight
        if left > 0 and self.counts.get(level):
            self.totals[level] = left
        else:
            self.totals.pop(level, None)
            self.counts.pop(level, None)

    def _after_taking(self, device_key: str | None) -> None:
        if device_key not in self.counts.get(Level.DEVICE, {}):
            self.first_seen.pop(device_key or "", None)
        if not any(self.hours):
            self.latest = 0
        elif self.logins:
            self.latest = max(times[-1] for times in self.logins.values())

    def note_failure(self, login: Login) -> None:
        """A failed login teaches no habit; its time and network are kept for a while."""
        entry = [unix_seconds(login.occurred_at), login.network or "", int(login.wrong_password)]
        recent.keep_failure(self.failures, entry)

    def note_failed_challenge(self, login: Login) -> None:
        """Whoever made this login could not prove to be the owner."""
        entry = [unix_seconds(login.occurred_at), mark_of(login.device_key), login.network or ""]
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
                "e": self.live,
            }
        ).decode()

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
        # One of an earlier release does not say; what it holds of logins came in as they happened.
        seen = profile.latest or profile.failures or profile.challenges_failed or profile.reported
        profile.live = document.get("e", bool(seen))
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
