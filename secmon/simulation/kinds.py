"""What a simulated login really is: the truth that the service is not told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Honest(StrEnum):
    """The owner. The strangest thing about the login names it."""

    FIRST = "first login"
    ORDINARY = "ordinary"
    APP_UPDATE = "app update"
    SYSTEM_UPDATE = "system update"
    OTHER_WIFI = "other Wi-Fi"
    DOMESTIC_TRAVEL = "domestic travel"
    FOREIGN_TRAVEL = "foreign travel"
    VPN_OWNER = "VPN owner"
    NEW_PHONE = "new phone"
    REINSTALL = "reinstall"
    FIRST_BROWSER = "first browser login"
    SHARED_ADDRESS = "crowd at one address"
    WEB_VIEW = "web view of the app"
    COUNTRY_PLACE = "place known to the country"
    MOVED_RECORD = "place moved by the file"


class Attack(StrEnum):
    NAIVE = "naive"
    VPN = "VPN"
    TARGETED = "targeted"
    CLONED = "cloned device_id"
    AFTER_RECOVERY = "after a recovery"
    STUFFING = "stuffing"
    IMPOSSIBLE_TRAVEL = "impossible travel"
    SLOW_SPRAY = "slow spray"
    LOCAL = "local, another phone"
    NO_HANDSET = "local, no handset named"
    COPIED_HOME = "copied id and agent, home"
    COPIED_CITY = "copied id and agent, city"
    COPIED_ABROAD = "copied id and agent, abroad"


Kind = Honest | Attack


class Subject(StrEnum):
    """Which endpoint a message goes to."""

    LOGIN = "login"
    CREDENTIAL_CHANGE = "credential change"


class ChallengeOutcome(StrEnum):
    """What becomes of a challenge, if there is one."""

    PASSED = "passed"
    FAILED = "failed"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Message:
    """One body for the API, when it is delivered, and the truth about it."""

    delivered_at: datetime
    subject: Subject
    body: Mapping[str, Any]
    kind: Kind
    answer: ChallengeOutcome = ChallengeOutcome.IGNORED
