"""What became of a proof, and why: the caller is told the outcome, the operator the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from secmon.twofactor.factor import Method


class Outcome(StrEnum):
    """What the caller is told."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LOCKED = "locked"
    DISABLED = "disabled"


class Reason(StrEnum):
    """Why; for the audit and the metric alone, since callers must not tell refusals apart (R12)."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    REPLAYED = "replayed"
    OUT_OF_SYNC = "out_of_sync"
    NO_FACTOR = "no_factor"
    UNREADABLE = "unreadable"
    LOCKED = "locked"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`retry_after` is there where the outcome is `LOCKED`, `login_proven` where a login was named."""

    outcome: Outcome
    reason: Reason
    method: Method
    recovery_codes_left: int = 0
    retry_after: timedelta = timedelta(0)
    login_proven: bool | None = None

    @property
    def accepted(self) -> bool:
        return self.outcome is Outcome.ACCEPTED
