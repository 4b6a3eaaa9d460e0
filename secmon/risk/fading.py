"""Counts that fade, as integers, so that sums come out the same in whatever order they are made.

A login at time t weighs 2^((t - epoch) / half-life): compared with a later one it has faded by exactly the
time between them, and nothing ever has to be recomputed. Fixed point makes the sum exact.
"""

from datetime import timedelta
from math import exp2

HALF_LIFE = timedelta(days=90)
_HALF_LIFE_SECONDS = HALF_LIFE.total_seconds()
_EPOCH = 1_735_689_600  # 2025-01-01T00:00Z
_SCALE = 1024


def weight_at(seconds: int) -> int:
    """What one login at this Unix time adds to a count. Never 0: what happened once stays seen."""
    return max(1, round(_SCALE * exp2((seconds - _EPOCH) / _HALF_LIFE_SECONDS)))
