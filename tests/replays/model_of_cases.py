"""Cases as the rules have them: whose identity was checked on them, and what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.replays.contract import CHECK_IS_GOOD_FOR, person_of


@dataclass(frozen=True)
class Check:
    case_id: str
    client: str
    passed: bool
    at: datetime

    @property
    def person(self) -> str:
        return person_of(self.client)

    def makes_good(self, failed: Check) -> bool:
        """Another person's, and later: on another case by the clock."""
        is_later = self.case_id == failed.case_id or self.at > failed.at
        return self.passed and self.person != failed.person and is_later


@dataclass(eq=False)
class Case:
    """`checks` are those of all cases of its account, as they were heard of."""

    case_id: str
    checks: list[Check]
    status: str = "open"

    def verified(self, now: datetime) -> bool:
        """A check that failed on whichever case stands until another person passes one; a resolved case
        carries nothing more."""
        for nth, one in enumerate(self.checks):
            if not one.passed and not any(later.makes_good(one) for later in self.checks[nth:]):
                return False
        own = self._own()
        good = bool(own) and own[-1].passed and now < own[-1].at + CHECK_IS_GOOD_FOR
        return good and self.status not in {"resolved", "closed"}

    def checkers(self, now: datetime) -> set[str]:
        """On whom a decision rests."""
        return {one.person for one in self._own() if now < one.at + CHECK_IS_GOOD_FOR}

    def _own(self) -> list[Check]:
        return [one for one in self.checks if one.case_id == self.case_id]


@dataclass(eq=False)
class Request:
    """`about` is the freeze or the seed that it would end; void where it is over, or a new report came in.
    An erasure hangs on no case.
    """

    case_id: str
    about: Any
    asked_by: str
    open: bool = True
