"""Environment variables: how each is read, and what it is for, in one place beside its setting."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from secmon.database.retention import LEAST_EVENTS_DAYS, LEAST_RECORDS_DAYS

LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Variable:
    """`parse` raises `ValueError` with a sentence; `says` is the line of the settings table."""

    name: str
    parse: Callable[[str], Any]
    says: str


def variable(name: str, parse: Callable[[str], Any], default: Any, says: str, *, secret: bool = False) -> Any:
    """A dataclass field that the variable `name` sets; a secret one is never shown."""
    return field(default=default, repr=not secret, metadata={"variable": Variable(name, parse, says)})


def text(value: str) -> str:
    """Any text."""
    return value


def url(value: str) -> str:
    """A base URL, without the slash behind it."""
    if not value.startswith(("http://", "https://")):
        raise ValueError("must be an http:// or https:// URL")
    return value.rstrip("/")


def port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise ValueError("must be a port, 1 to 65535")
    return int(value)


def positive(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 10_000:
        raise ValueError("must be a whole number above zero")
    return int(value)


def days(least: int) -> Callable[[str], int]:
    """A number of days, `least` or more."""

    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not least <= int(value) < 100_000:
            raise ValueError(f"must be {least} days or more")
        return int(value)

    return parse


events_kept = days(LEAST_EVENTS_DAYS)
records_kept = days(LEAST_RECORDS_DAYS)


def switch(value: str) -> bool:
    if value.lower() not in {"on", "off"}:
        raise ValueError("must be on or off")
    return value.lower() == "on"


def one_of(*choices: str) -> Callable[[str], str]:
    """A closed set of words."""

    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return parse


def words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def paths(value: str) -> tuple[Path, ...]:
    return tuple(Path(word) for word in words(value))


def networks(value: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(word) for word in words(value))


def totp_issuer(value: str) -> str:
    # The key URI's label is "issuer:account".
    if ":" in value or not 0 < len(value) <= 64:
        raise ValueError("must be 1 to 64 characters without a colon")
    return value


def totp_digits(value: str) -> int:
    if value not in {"6", "8"}:
        raise ValueError("must be 6 or 8")
    return int(value)


def password_age(value: str) -> int:
    # The first reminder comes 14 days before; a shorter age would remind of passwords just chosen.
    if not value.isascii() or not value.isdigit() or not 30 <= int(value) < 10_000:
        raise ValueError("must be 30 days or more")
    return int(value)


def sender(value: str) -> str:
    """`Name <address>`, or the address alone."""
    name, _, host = parseaddr(value)[1].rpartition("@")
    if not name or "." not in host or not value.isprintable():
        raise ValueError("must be an e-mail address: Wallet <security@wallet.example>")
    return value
