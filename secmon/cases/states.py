"""Which step may a case take? Closed sets, and one table."""

from __future__ import annotations

from enum import StrEnum


class CaseStatus(StrEnum):
    OPEN = "open"
    INVESTIGATING = "investigating"
    WAITING_ON_OWNER = "waiting_on_owner"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Category(StrEnum):
    LOGIN = "login"
    PAYMENT = "payment"
    SECURITY = "security"
    PROMOTION = "promotion"


class CaseChannel(StrEnum):
    """How the report came in."""

    IN_APP = "in_app"
    HOTLINE = "hotline"
    EMAIL = "email"
    CONSOLE = "console"
    AUTOMATIC = "automatic"


class Priority(StrEnum):
    """The gravest first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


_STEPS: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.OPEN: frozenset({CaseStatus.INVESTIGATING}),
    CaseStatus.INVESTIGATING: frozenset({CaseStatus.WAITING_ON_OWNER, CaseStatus.RESOLVED}),
    CaseStatus.WAITING_ON_OWNER: frozenset({CaseStatus.INVESTIGATING}),
    # Reopened: back into the queue, or straight into the hands of whoever reopens it.
    CaseStatus.RESOLVED: frozenset({CaseStatus.CLOSED, CaseStatus.OPEN, CaseStatus.INVESTIGATING}),
    CaseStatus.CLOSED: frozenset(),
}
# The owner is asked, or nothing is left to do: the targets do not run.
CLOCK_STOPS = frozenset({CaseStatus.WAITING_ON_OWNER, CaseStatus.RESOLVED, CaseStatus.CLOSED})
# What no longer holds an active freeze open, and what an active freeze forbids.
SETTLED = frozenset({CaseStatus.RESOLVED, CaseStatus.CLOSED})


def may_step(current: CaseStatus, wanted: CaseStatus) -> bool:
    """Whether a case may go from `current` to `wanted`."""
    return wanted in _STEPS[current]
