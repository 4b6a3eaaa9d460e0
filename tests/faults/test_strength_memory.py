"""A39: a password check takes the same memory whatever it is given and however many there were."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Iterator
from random import Random

import pytest

from secmon.credentials import strength

CHECKS = 200
LONGEST, SHORT = 256, 12
# By then the interpreter has grown what it keeps to be faster, some four hundred blocks.
WARM_AFTER = 1_000
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@{[<|!$+ -_苹果树下读书"
MOST_BYTES = 4 * 1024 * 1024
# Of more than these characters nothing is looked at.
SEEN = 72


def drawn(seed: int, length: int) -> Iterator[str]:
    """Passwords, no two of them alike."""
    chance = Random(seed)
    while True:
        yield "".join(chance.choices(LETTERS, k=length))


def blocks_after(checks: int, length: int) -> int:
    """How many blocks of memory are in use once so many passwords were judged."""
    passwords, inputs = drawn(seed=7, length=length), drawn(seed=8, length=length)
    for _ in range(checks):
        strength.judge(next(passwords), [next(inputs)])
    gc.collect()
    return sys.getallocatedblocks()


def test_A39_nothing_is_kept_of_two_hundred_long_passwords() -> None:
    before = blocks_after(WARM_AFTER, SHORT)
    # Every object takes a block at least: not even one is left of each second password.
    assert blocks_after(CHECKS, LONGEST) - before < CHECKS // 2


@pytest.mark.parametrize("block", ["a", "1990", "1|7!", "@{[<|!$+", "苹果abc"])
def test_A39_a_check_takes_the_same_memory_however_long_the_password_is(block: str) -> None:
    strength.judge("warm", ())
    short, long = (peak((block * length)[:length], [block * 10] * 20) for length in (SEEN, 100_000))
    assert short < MOST_BYTES
    assert long < 1.5 * short


def peak(password: str, inputs: list[str]) -> int:
    """The most bytes that a check holds at once."""
    tracemalloc.start()
    try:
        strength.judge(password, inputs)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
