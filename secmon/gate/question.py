"""What the gate is asked. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from secmon.accounts.gate import MOVES_MONEY, Action
from secmon.core.money import Ask


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is to be done. `payee` is the wallet's digest of who gets the money.

    `app` is what the phone knows: `remote_control`, `screen_shared`, `on_call`; absent is no evidence.
    """

    request_id: str
    action: Action
    amount: str | None = None
    currency: str | None = None
    balance: str | None = None
    payee: str | None = None
    session_id: str | None = None
    device_id: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    app: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ask(self) -> Ask | None:
        """The money in it; None where nobody tells how much."""
        if self.amount is None:
            return None
        return Ask(
            Decimal(self.amount), self.currency, None if self.balance is None else Decimal(self.balance)
        )

    @property
    def moves_money(self) -> bool:
        return self.action in MOVES_MONEY

    @property
    def is_led(self) -> bool:
        """Somebody talks the owner through it, or does it for them."""
        return any(self.app.get(name) is True for name in ("remote_control", "screen_shared", "on_call"))

    def stored(self) -> dict[str, Any]:
        """What was asked for, as it is kept and bound: whatever else is told may change on a retry."""
        kept = asdict(self)
        names = ("action", "amount", "currency", "payee", "session_id")
        return {name: kept[name] for name in names if kept[name] is not None}

    @property
    def digest(self) -> str:
        text = json.dumps(self.stored(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
