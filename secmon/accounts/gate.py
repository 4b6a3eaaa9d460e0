"""What may this account do now? Pure.

Standing, restrictions and required actions against an instant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from secmon.core.money import Ask, Cap, Moved, fits


class Standing(StrEnum):
    ACTIVE = "active"
    FROZEN = "frozen"


class Action(StrEnum):
    """What the wallet asks before it does it."""

    LOGIN = "login"
    TRANSFER = "transfer"
    WITHDRAW = "withdraw"
    ADD_PAYEE = "add_payee"
    RAISE_LIMIT = "raise_limit"
    CHANGE_CREDENTIALS = "change_credentials"
    CHANGE_NOTIFICATIONS = "change_notifications"
    EXPORT_KEY = "export_key"
    ENABLE_FEATURE = "enable_feature"


class RequiredAction(StrEnum):
    """What the owner has to do; only the event that fulfils it takes it away."""

    CHANGE_PASSWORD = "change_password"
    RE_ENROL_SECOND_FACTOR = "re_enrol_second_factor"


# An owner who must do something first can still come in and do it, but moves no money before.
MOVES_MONEY = frozenset({Action.TRANSFER, Action.WITHDRAW})
# What is as good as money: whoever exports the key of a coin has the coin.
AS_GOOD_AS_MONEY = MOVES_MONEY | {Action.EXPORT_KEY}


@dataclass(frozen=True, slots=True)
class Restriction:
    """`action` is not allowed before `until`, or with a `cap` not above that. `quiet`: nobody was told of it.

    `moved` is what went under the cap already. `hold_id` names the hold whose view this is; none where the
    release before stored it.
    """

    action: str
    until: datetime
    reason: str
    quiet: bool = False
    cap: Cap | None = None
    moved: Moved = field(default_factory=Moved)
    hold_id: str | None = None

    def stored(self) -> dict[str, Any]:
        until = self.until.isoformat()
        stored: dict[str, Any] = {"action": self.action, "until": until, "reason": self.reason}
        if self.quiet:
            stored["quiet"] = True
        if self.hold_id is not None:
            stored["hold_id"] = self.hold_id
        if self.cap is not None:
            stored |= {"cap": self.cap.stored(), "sums": self.moved.sums, "base": self.moved.base}
        return stored

    def permits(self, ask: Ask | None) -> bool:
        """Whether so much may go all the same. An amount that nobody tells is above any cap."""
        return self.cap is not None and ask is not None and fits(ask, self.cap, self.moved)


def live(stored: Iterable[Mapping[str, Any]], now: datetime) -> list[Restriction]:
    """The restrictions that hold at `now`; they end by the clock, whether or not anybody tidied up."""
    return [found for found in map(_restriction, stored) if found.until > now]


def _restriction(entry: Mapping[str, Any]) -> Restriction:
    until, cap = datetime.fromisoformat(entry["until"]), entry.get("cap")
    if cap is None:
        quiet = entry.get("quiet", False)
        return Restriction(entry["action"], until, entry["reason"], quiet, hold_id=entry.get("hold_id"))
    return Restriction(
        entry["action"],
        until,
        entry["reason"],
        entry.get("quiet", False),
        Cap.of(cap),
        Moved(entry.get("sums", {}), entry.get("base", {})),
        entry.get("hold_id"),
    )


def allows(
    action: Action,
    standing: str,
    restrictions: Iterable[Restriction],
    required_actions: Collection[str],
    ask: Ask | None = None,
) -> bool:
    """Frozen: nothing. Restricted: not that, or not so much. Something required: no money moves before."""
    if standing != Standing.ACTIVE:
        return False
    if any(one.action == action and not one.permits(ask) for one in restrictions):
        return False
    return not (required_actions and action in AS_GOOD_AS_MONEY)
