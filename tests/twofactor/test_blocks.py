"""How long is a factor blocked after so many failures?"""

from __future__ import annotations

from datetime import timedelta

from secmon.twofactor.guesses import block_after, is_disabled


def test_every_five_failures_block_for_longer_up_to_an_hour() -> None:
    minutes = [block_after(failures) for failures in range(5, 101, 5)]
    assert minutes == [timedelta(minutes=m) for m in [1, 2, 4, 8, 16, 32] + [60] * 14]


def test_failures_in_between_do_not_block() -> None:
    assert [failures for failures in range(100) if block_after(failures)] == list(range(5, 100, 5))


def test_a_hundred_failures_disable() -> None:
    assert not is_disabled(99)
    assert is_disabled(100)


def test_a_guesser_gets_one_in_ten_thousand_at_most() -> None:
    """Two codes are right at any time, so 100 guesses before the factor is disabled are 2 in 10,000."""
    right_at_a_time, guesses = 2, 100
    assert 1 - (1 - right_at_a_time / 10**6) ** guesses <= 2 / 10_000
