"""How long is a factor blocked after so many failures? Pure; RFC 4226 §7.3, NIST SP 800-63B-4 §3.2.2."""

from __future__ import annotations

from datetime import timedelta

BLOCK_EVERY = 5
LONGEST_BLOCK = timedelta(minutes=60)
DISABLE_AFTER = 100


def block_after(failures: int) -> timedelta | None:
    """The block that the `failures`-th straight failure brings: 1, 2, 4 … 60 minutes, every five."""
    blocks, rest = divmod(failures, BLOCK_EVERY)
    if blocks == 0 or rest:
        return None
    # The exponent is bounded, for a count out of a database may be anything.
    return min(LONGEST_BLOCK, timedelta(minutes=2 ** min(blocks - 1, 6)))


def is_disabled(failures: int) -> bool:
    """Whether only a new enrolment helps."""
    return failures >= DISABLE_AFTER
