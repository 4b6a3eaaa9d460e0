"""By which rules holds begin: what triggers them, what they stop, how long, and what lifts them. Pure.

A document is a currency and a list of clauses; several clauses may have one trigger. The shipped ones are in
`presets/`, by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Self

from secmon.accounts.gate import Action
from secmon.core.money import CURRENCY, Cap, amount, plain

LONGEST_HOURS = 720
MOST_CLAUSES = 64
DEFAULT_PRESET = "standard"
PRESETS = ("standard", "strict", "sg", "my", "ph", "br", "hk")


class Trigger(StrEnum):
    """What a hold begins with; the reason that is told of it."""

    NEW_DEVICE = "new_device"
    KNOWN_DEVICE_ELSEWHERE = "known_device_elsewhere"
    ALERT_OPEN = "alert_open"
    FACTOR_CHANGED = "factor_changed"
    FACTOR_RESET = "factor_reset"
    PASSWORD_RECOVERED = "password_recovered"
    PASSWORD_CHANGED_ELSEWHERE = "password_changed_elsewhere"
    PHONE_CHANGED = "phone_changed"
    EMAIL_CHANGED = "email_changed"
    SIM_CHANGED = "sim_changed"
    PAYEE_ADDED = "payee_added"
    LIMIT_RAISED = "limit_raised"
    UNFROZEN = "unfrozen"
    # By the owner's own wish, and by what the phone knows: not by a rule of the document.
    OWNER_LOCK = "owner_lock"
    OWNER_FENCE = "owner_fence"
    OWNER_AWAY = "owner_away"
    ON_CALL = "on_call"


OWNERS = frozenset({Trigger.OWNER_LOCK, Trigger.OWNER_FENCE, Trigger.OWNER_AWAY})
BY_RULE = frozenset(Trigger) - OWNERS - {Trigger.ON_CALL}


class Lift(StrEnum):
    """What may end a hold before its time. A case and a second person always may."""

    # A factor older than the hold, on a device that was known for 72 h before it.
    OLDER_FACTOR = "older_factor"
    # The same, in a network that was the owner's before: a phone that was snatched has the factor on it.
    OLDER_FACTOR_AT_HOME = "older_factor_at_home"
    # The login that it is about was proven, or its owner vouched for it.
    LOGIN_PROVEN = "login_proven"


# Nothing that the trigger itself made possible lifts a hold: whoever could cause it could end it.
_LIFTS: Mapping[Trigger, frozenset[Lift]] = {
    **dict.fromkeys(BY_RULE, frozenset({Lift.OLDER_FACTOR, Lift.OLDER_FACTOR_AT_HOME})),
    Trigger.ALERT_OPEN: frozenset(Lift),
    Trigger.KNOWN_DEVICE_ELSEWHERE: frozenset(Lift),
    Trigger.FACTOR_CHANGED: frozenset(),
    Trigger.FACTOR_RESET: frozenset(),
    Trigger.UNFROZEN: frozenset(),
}


class RulesError(Exception):
    """What is wrong with a document, and where (RFC 6901)."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer}: {reason}")
        self.pointer, self.reason = pointer, reason


@dataclass(frozen=True, slots=True)
class Clause:
    """For `lasts` from its trigger on, no `actions`; with a `cap`, not above it in all.

    `lasts_with_others` is how long where another hold stands already.
    """

    trigger: Trigger
    actions: tuple[Action, ...]
    lasts: timedelta
    cap: Cap | None = None
    lifted_by: tuple[Lift, ...] = ()
    lasts_with_others: timedelta | None = None

    def to_document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "trigger": self.trigger.value,
            "actions": [action.value for action in self.actions],
            "hours": _hours(self.lasts),
            "lifted_by": [lift.value for lift in self.lifted_by],
        }
        if self.cap is not None:
            texts = self.cap.stored()
            document["cap"] = {name: texts[name] for name in ("share", "amount", "each") if name in texts}
        if self.lasts_with_others is not None:
            document["hours_with_others"] = _hours(self.lasts_with_others)
        return document


@dataclass(frozen=True, slots=True)
class Rules:
    """A document as a whole. `currency` is that of the amounts in it."""

    currency: str
    clauses: tuple[Clause, ...]
    away: Cap | None = None

    def of(self, trigger: Trigger) -> Iterator[tuple[int, Clause]]:
        """The clauses of a trigger, numbered within the document."""
        return ((at, one) for at, one in enumerate(self.clauses) if one.trigger is trigger)

    def to_document(self) -> dict[str, Any]:
        """With everything said."""
        document: dict[str, Any] = {
            "currency": self.currency,
            "clauses": [clause.to_document() for clause in self.clauses],
        }
        if self.away is not None:
            document["away"] = {"amount": plain(self.away.amount or Decimal(0))}
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """The rules that a document describes. Raises `RulesError`, which points at what is wrong."""
        _only(document, {"currency", "clauses", "away"}, "")
        currency = document.get("currency")
        if not isinstance(currency, str) or not CURRENCY.fullmatch(currency):
            raise RulesError("/currency", "Must be a currency: CNY")
        given = document.get("clauses")
        if not isinstance(given, list) or not 0 < len(given) <= MOST_CLAUSES:
            raise RulesError("/clauses", f"Must be a list of 1 to {MOST_CLAUSES} clauses")
        clauses = tuple(_clause(one, f"/clauses/{at}", currency) for at, one in enumerate(given))
        away = document.get("away")
        return cls(currency, clauses, None if away is None else _away(away, currency))


@cache
def preset(name: str) -> Rules:
    """A shipped document. Raises KeyError for another name."""
    if name not in PRESETS:
        raise KeyError(name)
    text = files("secmon.holds").joinpath("presets", f"{name}.toml").read_text("utf-8")
    return Rules.from_document(tomllib.loads(text))


def _clause(given: Any, at: str, currency: str) -> Clause:
    if not isinstance(given, Mapping):
        raise RulesError(at, "Must be an object")
    _only(given, {"trigger", "actions", "cap", "hours", "hours_with_others", "lifted_by"}, at)
    trigger = Trigger(_one_of(given.get("trigger"), BY_RULE, f"{at}/trigger"))
    lifts = _lifts(given.get("lifted_by", []), f"{at}/lifted_by")
    if not set(lifts) <= _LIFTS[trigger]:
        raise RulesError(f"{at}/lifted_by", f"Whoever causes {trigger} could end it so")
    with_others = given.get("hours_with_others")
    return Clause(
        trigger,
        _actions(given.get("actions"), f"{at}/actions"),
        _lasts(given.get("hours"), f"{at}/hours"),
        _cap(given.get("cap"), f"{at}/cap", currency),
        lifts,
        None if with_others is None else _lasts(with_others, f"{at}/hours_with_others"),
    )


def _actions(given: Any, at: str) -> tuple[Action, ...]:
    if not isinstance(given, list) or not given:
        raise RulesError(at, "Must be a list of actions")
    # Who is kept out altogether is frozen: a hold on `login` would keep the owner from lifting it.
    allowed = frozenset(Action) - {Action.LOGIN}
    return tuple(dict.fromkeys(Action(_one_of(one, allowed, at)) for one in given))


def _lifts(given: Any, at: str) -> tuple[Lift, ...]:
    if not isinstance(given, list):
        raise RulesError(at, "Must be a list")
    return tuple(dict.fromkeys(Lift(_one_of(one, Lift, at)) for one in given))


def _lasts(given: Any, at: str) -> timedelta:
    whole = isinstance(given, int | float) and not isinstance(given, bool)
    if not whole or not 0 < given <= LONGEST_HOURS:
        raise RulesError(at, f"Must be hours: above 0, up to {LONGEST_HOURS}")
    return timedelta(hours=given)


def _cap(given: Any, at: str, currency: str) -> Cap | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or not given:
        raise RulesError(at, "Must be an object with a share, an amount, or both")
    _only(given, {"share", "amount", "each"}, at)
    told = {name: _decimal(text, f"{at}/{name}") for name, text in given.items()}
    for name, value in told.items():
        if value <= 0:
            raise RulesError(f"{at}/{name}", "Must be above 0")
    if told.get("share", 0) >= 1:
        raise RulesError(f"{at}/share", "Must be a share of the balance: below 1")
    if told.keys() == {"each"}:
        raise RulesError(at, "Must have a share or an amount for all of it")
    return Cap(told.get("share"), told.get("amount"), currency, told.get("each"))


def _away(given: Any, currency: str) -> Cap:
    if not isinstance(given, Mapping) or "amount" not in given:
        raise RulesError("/away", "Must be an object with an amount")
    _only(given, {"amount"}, "/away")
    return Cap(None, _decimal(given["amount"], "/away/amount"), currency)


def _decimal(given: Any, at: str) -> Decimal:
    try:
        return amount(given)
    except ValueError:
        raise RulesError(at, 'Must be a decimal in a string, with at most eight decimals: "0.05"') from None


def _only(given: Mapping[str, Any], known: set[str], at: str) -> None:
    for name in given:
        if name not in known:
            raise RulesError(f"{at}/{name}", "Unknown field")


def _one_of(given: Any, choices: Any, at: str) -> str:
    names = sorted(str(choice) for choice in choices)
    if not isinstance(given, str) or given not in names:
        raise RulesError(at, f"Must be one of: {', '.join(names)}")
    return given


def _hours(lasts: timedelta) -> int | float:
    hours = lasts / timedelta(hours=1)
    return int(hours) if hours == int(hours) else hours
