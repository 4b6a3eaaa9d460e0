"""Which step may a case take? Closed sets, and one table."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
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


class Channel(StrEnum):
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


_STEPS: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.INVESTIGATING}),
    Status.INVESTIGATING: frozenset({Status.WAITING_ON_OWNER, Status.RESOLVED}),
    Status.WAITING_ON_OWNER: frozenset({Status.INVESTIGATING}),
    # Reopened: back into the queue, or straight into the hands of whoever reopens it.
    Status.RESOLVED: frozenset({Status.CLOSED, Status.OPEN, Status.INVESTIGATING}),
    Status.CLOSED: frozenset(),
}
# The owner is asked, or nothing is left to do: the targets do not run.
CLOCK_STOPS = frozenset({Status.WAITING_ON_OWNER, Status.RESOLVED, Status.CLOSED})
# What no longer holds an active freeze open, and what an active freeze forbids.
SETTLED = frozenset({Status.RESOLVED, Status.CLOSED})


def may_step(current: Status, wanted: Status) -> bool:
    """Whether a case may go from `current` to `wanted`."""
    return wanted in _STEPS[current]
