"""What may this account do now? Pure.

Standing, restrictions and required actions against an instant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Standing(StrEnum):
    ACTIVE = "active"
    FROZEN = "frozen"


class Action(StrEnum):
    """What the wallet asks before it does it."""

    LOGIN = "login"
    TRANSFER = "transfer"
    WITHDRAW = "withdraw"
    CHANGE_CREDENTIALS = "change_credentials"


class RequiredAction(StrEnum):
    """What the owner has to do; only the event that fulfils it takes it away."""

    CHANGE_PASSWORD = "change_password"
    RE_ENROL_SECOND_FACTOR = "re_enrol_second_factor"


# An owner who must do something first can still come in and do it, but moves no money before.
MOVES_MONEY = frozenset({Action.TRANSFER, Action.WITHDRAW})


@dataclass(frozen=True, slots=True)
class Restriction:
    """`action` is not allowed before `until`. `quiet`: nobody was told of it."""

    action: str
    until: datetime
    reason: str
    quiet: bool = False

    def stored(self) -> dict[str, Any]:
        stored = {"action": self.action, "until": self.until.isoformat(), "reason": self.reason}
        return {**stored, "quiet": True} if self.quiet else stored


def live(stored: Iterable[Mapping[str, Any]], now: datetime) -> list[Restriction]:
    """The restrictions that hold at `now`; they end by the clock, whether or not anybody tidied up."""
    found = (
        Restriction(
            entry["action"],
            datetime.fromisoformat(entry["until"]),
            entry["reason"],
            quiet=entry.get("quiet", False),
        )
        for entry in stored
    )
    return [restriction for restriction in found if restriction.until > now]


def allows(
    action: Action, standing: str, restrictions: Iterable[Restriction], required_actions: Collection[str]
) -> bool:
    """Frozen: nothing. Restricted: not that. Something required: no money moves until it is done."""
    if standing != Standing.ACTIVE or any(restriction.action == action for restriction in restrictions):
        return False
    return not (required_actions and action in MOVES_MONEY)
