"""Amounts of money, and how much of it may still go. Pure; decimals throughout, never floats.

An amount is written as a decimal string with at most eight decimals; a currency is three capital letters
(ISO 4217) or what the wallet calls its coin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,8})?", re.ASCII)
CURRENCY = re.compile(r"[A-Z][A-Z0-9]{2,7}", re.ASCII)


def amount(text: object) -> Decimal:
    """The amount that is written so. Raises ValueError: no exponent, no sign, no nine decimals, no number."""
    if not isinstance(text, str) or not AMOUNT.fullmatch(text):
        raise ValueError
    return Decimal(text)


@dataclass(frozen=True, slots=True)
class Ask:
    """Money that somebody wants to move: how much, and of how much where the wallet tells its balance."""

    amount: Decimal
    currency: str | None = None
    balance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """How much may go in all while something holds.

    `share` of the balance where the wallet tells that, else `amount` in `currency`; no more than `each` at
    once. With `keeps` it is the other way round: so much of the balance has to stay.
    """

    share: Decimal | None = None
    amount: Decimal | None = None
    currency: str | None = None
    each: Decimal | None = None
    keeps: bool = False

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        texts = {
            "share": None if self.share is None else plain(self.share),
            "amount": None if self.amount is None else plain(self.amount),
            "currency": self.currency,
            "each": None if self.each is None else plain(self.each),
            "keeps": self.keeps or None,
        }
        return {name: value for name, value in texts.items() if value is not None}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """What `stored` wrote."""
        share, most, each = (
            Decimal(stored[name]) if name in stored else None for name in ("share", "amount", "each")
        )
        return cls(share, most, stored.get("currency"), each, keeps=bool(stored.get("keeps")))

    def stricter(self, other: Cap) -> Cap:
        """The smaller share and the smaller amount of two caps of one kind."""
        return Cap(
            _least(self.share, other.share),
            _least(self.amount, other.amount),
            self.currency or other.currency,
            _least(self.each, other.each),
            keeps=self.keeps,
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """What went since something holds, and what the balance was before any of it; both by currency."""

    sums: Mapping[str, str] = field(default_factory=dict)
    base: Mapping[str, str] = field(default_factory=dict)

    def after(self, ask: Ask, cap: Cap) -> Moved:
        """With this amount gone. A balance that is told later never makes more of the cap."""
        name = _named(ask, cap)
        gone = Decimal(self.sums.get(name, "0"))
        base = _base(ask, cap, self, gone)
        return Moved(
            {**self.sums, name: plain(gone + ask.amount)},
            self.base if base is None else {**self.base, name: plain(base)},
        )


def fits(ask: Ask, cap: Cap, moved: Moved) -> bool:
    """Whether that much may go under the cap, behind what went already. What cannot be compared may not."""
    name = _named(ask, cap)
    gone = Decimal(moved.sums.get(name, "0"))
    base = _base(ask, cap, moved, gone)
    if cap.keeps:
        return _leaves_enough(ask, cap, base, name)
    if cap.each is not None and not (name == (cap.currency or "") and ask.amount <= cap.each):
        return False
    if cap.share is not None and base is not None:
        return gone + ask.amount <= cap.share * base
    return cap.amount is not None and name == (cap.currency or "") and gone + ask.amount <= cap.amount


def _leaves_enough(ask: Ask, cap: Cap, base: Decimal | None, name: str) -> bool:
    if ask.balance is None or base is None:
        return False
    if cap.amount is not None:
        return name == (cap.currency or "") and ask.balance - ask.amount >= cap.amount
    return cap.share is not None and ask.balance - ask.amount >= cap.share * base


def _base(ask: Ask, cap: Cap, moved: Moved, gone: Decimal) -> Decimal | None:
    """The balance before anything went: the least that was told, or for what has to stay the most.

    What has to stay is of what there was at once: with all that ever went, wages that come and go would make
    more of it every month, until nothing may go.
    """
    known = moved.base.get(_named(ask, cap))
    told = [] if ask.balance is None else [ask.balance if cap.keeps else ask.balance + gone]
    if known is not None:
        told.append(Decimal(known))
    if not told:
        return None
    return max(told) if cap.keeps else min(told)


def _named(ask: Ask, cap: Cap) -> str:
    return ask.currency or cap.currency or ""


def _least(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return one if other is None else other if one is None else min(one, other)


def plain(value: Decimal) -> str:
    """As it is written: without an exponent."""
    return f"{value:f}"
