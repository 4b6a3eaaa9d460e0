"""What a receiver is, to the outbox: something that takes a message and says what became of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from secmon.database.work import Work

EMAIL = "email"
FORMER_EMAIL = "email:former"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker holds under a lease; `attempts` were made before."""

    account_id: str
    message_id: uuid.UUID
    position: int
    attempts: int
    kind: str
    payload: str
    former_email: bytes | None
    owed_at: datetime


class AttemptVerdict(StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"  # Tried again, by the schedule.
    REFUSED = "refused"  # Never tried again: it cannot become better.
    DROPPED = "dropped"  # Told no more by what happened since: owed no longer, and never sent.
    PUT_OFF = "put_off"  # Not the hour for it: no attempt, after `retry_after`, and nobody waits for it.
    GONE = "gone"  # The receiver wants no more of anything: it is switched off.


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """`status` is the receiver's own (HTTP or SMTP); `error` a few words for people, no secret."""

    verdict: AttemptVerdict
    status: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None


class Courier(Protocol):
    """Takes messages to one receiver. Any number of threads call `send` at once."""

    def send(self, message: Claimed, now: datetime) -> AttemptOutcome:
        """One attempt, bounded in time. Trouble with the receiver is an outcome, never a raise."""

    def switch_off(self, work: Work) -> None:
        """The receiver said that it is gone: owe it nothing new."""

    def close(self) -> None:
        """Ends what is kept open and not in use at this moment."""
