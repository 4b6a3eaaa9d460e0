"""Cases as the rules have them: whose identity was checked on them, and what was asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.replays.contract import CHECK_IS_GOOD_FOR, person_of


@dataclass(eq=False)
class Case:
    case_id: str
    status: str = "open"
    checks: list[tuple[str, bool, datetime]] = field(default_factory=list)

    def verified(self, now: datetime) -> bool:
        """A failed check stands until another person passes one; a resolved case carries nothing more."""
        failed_by, good = "", False
        for client, passed, at in self.checks:
            person = person_of(client)
            if not passed:
                failed_by, good = person, False
            elif person != failed_by:
                failed_by, good = "", now < at + CHECK_IS_GOOD_FOR
        return good and self.status not in {"resolved", "closed"}

    def checkers(self, now: datetime) -> set[str]:
        """On whom a decision rests."""
        return {person_of(client) for client, _, at in self.checks if now < at + CHECK_IS_GOOD_FOR}


@dataclass(eq=False)
class Request:
    """`about` is the freeze or the seed that it would end; void where it is over, or a new report came in.
    An erasure hangs on no case.
    """

    case_id: str
    about: Any
    asked_by: str
    open: bool = True
