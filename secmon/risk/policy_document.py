"""Reading a policy document: everything is checked, and an error names the field that is wrong."""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from ipaddress import ip_network
from typing import Any, TypeVar

from secmon.risk.levels import Feature
from secmon.risk.limits import LARGEST, EvidenceLimits
from secmon.risk.signals import SignalCode

Name = TypeVar("Name", bound=StrEnum)

LARGEST_WEIGHT = 50.0
# Of all logins: owners who are asked of every tenth of theirs answer none.
LARGEST_SAMPLE = 0.1
REQUIRED = {"prior", "features", "signals", "challenge_at", "deny_at"}
OPTIONAL = {
    *("freeze_at", "limits", "notify", "watched_accounts", "trusted_networks"),
    *("server_side_biometrics", "phone_codes"),
}
DECISIONS = {"allow", "challenge", "deny"}
# An owner is told of every login that was not simply let in, and of every device that is new to the account.
TOLD_DECISIONS = frozenset({"challenge", "deny"})
TOLD_SIGNALS = frozenset({SignalCode.NEW_DEVICE, SignalCode.NEW_INSTALL, SignalCode.MISMATCHED_DEVICE})


class PolicyError(ValueError):
    """`pointer` names the field (JSON pointer), `reason` says what is wrong with it."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer}: {reason}")
        self.pointer = pointer
        self.reason = reason


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a Policy. Raises PolicyError."""
    _only(given, REQUIRED | OPTIONAL, "")
    for name in sorted(REQUIRED - set(given)):
        raise PolicyError(f"/{name}", "is missing")
    notify = _mapping(given.get("notify", {}), "/notify")
    _only(notify, {"decisions", "signals", "sample"}, "/notify")
    found: dict[str, Any] = {
        "prior": _number(given["prior"], "/prior", -LARGEST_WEIGHT, LARGEST_WEIGHT),
        "features": _weights(given["features"], "/features", Feature),
        "signals": _weights(given["signals"], "/signals", SignalCode),
        "limits": _limits(given.get("limits", {})),
        "notify_decisions": frozenset(
            _names(notify.get("decisions", [*TOLD_DECISIONS]), "/notify/decisions", DECISIONS)
        ),
        "notify_signals": frozenset(
            _names(
                notify.get("signals", [*TOLD_SIGNALS]), "/notify/signals", {str(code) for code in SignalCode}
            )
        ),
        "notify_sample": _number(notify.get("sample", 0.0), "/notify/sample", 0.0, LARGEST_SAMPLE),
        "watched_accounts": frozenset(_names(given.get("watched_accounts", []), "/watched_accounts", None)),
        "trusted_networks": _networks(given.get("trusted_networks", [])),
        "server_side_biometrics": _switch(
            given.get("server_side_biometrics", False), "/server_side_biometrics"
        ),
        "phone_codes": _switch(given.get("phone_codes", True), "/phone_codes"),
    }
    return found | _thresholds(given)


def _thresholds(given: Mapping[str, Any]) -> dict[str, float | None]:
    challenge_at = _number(given["challenge_at"], "/challenge_at", 0.0, 1.0)
    deny_at = _number(given["deny_at"], "/deny_at", 0.0, 1.0)
    if challenge_at > deny_at:
        raise PolicyError("/challenge_at", f"{challenge_at} is above deny_at, which is {deny_at}")
    freeze_at = given.get("freeze_at")
    if freeze_at is not None:
        freeze_at = _number(freeze_at, "/freeze_at", 0.0, 1.0)
        if freeze_at < deny_at:
            raise PolicyError("/freeze_at", f"{freeze_at} is below deny_at, which is {deny_at}")
    return {"challenge_at": challenge_at, "deny_at": deny_at, "freeze_at": freeze_at}


def _only(given: Mapping[str, Any], known: set[str], pointer: str) -> None:
    for name in given:
        if name not in known:
            escaped = name.replace("~", "~0").replace("/", "~1")
            raise PolicyError(f"{pointer}/{escaped}", "is not known")


def _mapping(given: Any, pointer: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise PolicyError(pointer, "must be an object")
    return given


def _number(given: Any, pointer: str, least: float, most: float) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise PolicyError(pointer, "must be a number")
    if not least <= given <= most:
        raise PolicyError(pointer, f"must be from {least:g} to {most:g}")
    return float(given)


def _switch(given: Any, pointer: str) -> bool:
    if not isinstance(given, bool):
        raise PolicyError(pointer, "must be true or false")
    return given


def _weights(given: Any, pointer: str, names: type[Name]) -> dict[Name, float]:
    """Every known name has a weight; 0, which switches it off, where the document gives none."""
    weights = _mapping(given, pointer)
    _only(weights, {str(name) for name in names}, pointer)
    return {
        name: _number(weights.get(name, 0.0), f"{pointer}/{name}", -LARGEST_WEIGHT, LARGEST_WEIGHT)
        for name in names
    }


def _limits(given: Any) -> EvidenceLimits:
    limits = _mapping(given, "/limits")
    kinds = {limit.name: limit.type for limit in fields(EvidenceLimits)}
    _only(limits, set(kinds), "/limits")
    for name, value in limits.items():
        _number(value, f"/limits/{name}", 0.0, LARGEST.get(name, 100_000.0))
        if kinds[name] is int and not isinstance(value, int):
            raise PolicyError(f"/limits/{name}", "must be a whole number")
    return EvidenceLimits(**limits)


def _names(given: Any, pointer: str, known: set[str] | None) -> list[str]:
    if not isinstance(given, (list, tuple)) or not all(isinstance(name, str) for name in given):
        raise PolicyError(pointer, "must be a list of strings")
    for place, name in enumerate(given):
        if known is not None and name not in known:
            raise PolicyError(f"{pointer}/{place}", f"{name!r} is not known")
    return list(given)


def _networks(given: Any) -> tuple[str, ...]:
    names = _names(given, "/trusted_networks", None)
    for place, name in enumerate(names):
        try:
            ip_network(name)
        except ValueError as error:
            raise PolicyError(f"/trusted_networks/{place}", str(error)) from error
    return tuple(names)
