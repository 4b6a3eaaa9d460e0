"""When is a failed delivery tried again? The Standard Webhooks schedule, as pure arithmetic.

https://github.com/standard-webhooks/standard-webhooks, "Deliverability and reliability": ten attempts
over some 75 hours; a receiver's `Retry-After` (RFC 9110 §10.2.3) is never undercut.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MOST_ATTEMPTS = 1 + len(DELAYS)
JITTER = 0.1
LONGEST_RETRY_AFTER = timedelta(hours=24)
# Nothing that this schedule, its jitter or a lease sets is further ahead: beyond it, a clock was wrong.
LONGEST_WAIT = timedelta(hours=27)

_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)


def next_delay(attempts: int, retry_after: timedelta | None, chance: float) -> timedelta | None:
    """How long to wait after `attempts` failures; None when that was the last one.

    `chance` in [0, 1) lengthens the wait by up to a tenth, what a receiver asked for too: what failed
    together is not tried together.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    asked = min(retry_after or timedelta(0), LONGEST_RETRY_AFTER)
    return max(DELAYS[attempts - 1], asked) * (1 + JITTER * chance)


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date; None for anything else, and for a time gone by."""
    if value is None:
        return None
    if _SECONDS.fullmatch(value.strip()):
        return timedelta(seconds=int(value))
    try:
        named = parsedate_to_datetime(value)
    except ValueError:
        return None
    wait = (named if named.tzinfo else named.replace(tzinfo=UTC)) - now
    return wait if wait > timedelta(0) else None
