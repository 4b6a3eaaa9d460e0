"""How often, and when last, an owner showed each value of one level. Counts fade, as integers.

A login at time t weighs 2^((t - epoch) / half-life): compared with a later one it has faded by exactly the
time between them, and nothing ever has to be recomputed. Fixed point makes the sum exact, so that it comes
out the same in whatever order it is made.
"""

from __future__ import annotations

from datetime import timedelta
from math import exp2

VALUES_PER_LEVEL = 64

# One level: value -> faded count and Unix time last seen, packed into one integer. A profile is decoded and
# encoded at every login, and JSON takes one number in half the time of a list of two.
Counts = dict[str, int]

_SECONDS_BITS = 36

HALF_LIFE = timedelta(days=90)
_HALF_LIFE_SECONDS = HALF_LIFE.total_seconds()
_EPOCH = 1_735_689_600  # 2025-01-01T00:00Z
_SCALE = 1024


def faded_count(packed: int) -> int:
    """The count in the fixed point of `weight_at`."""
    return packed >> _SECONDS_BITS


def last_seen(packed: int) -> int:
    """Unix time."""
    return packed & ((1 << _SECONDS_BITS) - 1)


def add(counts: Counts, value: str, seconds: int, weight: int | None = None) -> None:
    """Count `value` once at `seconds`, whose weight `weight` is. Beyond the bound the oldest value goes.

    Up to the bound the result is exact in any order of events. Beyond it, which values stay and when each was
    last seen are exact in any order too; a value that was dropped and came back has lost its earlier count
    (docs/adr/0009).
    """
    packed = counts.get(value, 0)
    count, last = faded_count(packed) + (weight or weight_at(seconds)), max(last_seen(packed), seconds)
    counts[value] = count << _SECONDS_BITS | last
    if len(counts) > VALUES_PER_LEVEL:
        del counts[min(counts, key=lambda seen: (last_seen(counts[seen]), seen))]


def take(counts: Counts, value: str, weight: int) -> None:
    """Take `weight` of the count of `value` back: the value goes with the last of it.

    When it was last seen stays as it is. A value that was dropped beyond the bound has nothing to give.
    """
    packed = counts.get(value)
    if packed is None:
        return
    if faded_count(packed) <= weight:
        del counts[value]
    else:
        counts[value] = packed - (weight << _SECONDS_BITS)


def weight_at(seconds: int) -> int:
    """What one login at this Unix time adds to a count. Never 0: what happened once stays seen."""
    return max(1, round(_SCALE * exp2((seconds - _EPOCH) / _HALF_LIFE_SECONDS)))
