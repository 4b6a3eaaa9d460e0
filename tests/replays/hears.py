"""What the model learns from an answer: only that something was done, never what should have been."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from tests.replays.calls import Exchange
from tests.replays.model import Account


class Looking(Protocol):
    """Whose account it is, and something to read of it with."""

    account: Account

    def look(self, path: str) -> Any: ...


Hears = Callable[[Looking, Exchange], None]


class Hearing(dict[str, Hears]):
    """By operation, whoever hears that it was done."""

    def to(self, *operations: str) -> Callable[[Hears], Hears]:
        def noted(hears: Hears) -> Hears:
            self.update(dict.fromkeys(operations, hears))
            return hears

        return noted
