"""R23: when a failed delivery is tried again, for more than 75 hours in all."""

from datetime import UTC, datetime, timedelta

import pytest

from secmon.outbox.schedule import (
    DELAYS,
    LONGEST_RETRY_AFTER,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    next_delay,
    parse_retry_after,
)

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def test_the_waits_are_those_of_standard_webhooks():
    waits = [next_delay(attempts, None, 0.0) for attempts in range(1, MOST_ATTEMPTS)]
    assert waits == list(DELAYS)
    assert sum(DELAYS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


def test_the_tenth_failure_is_the_last():
    assert next_delay(10, None, 0.0) is None


def test_jitter_lengthens_by_a_tenth_at_most():
    assert next_delay(3, None, 0.5) == timedelta(minutes=31, seconds=30)
    assert next_delay(1, timedelta(minutes=2), 0.5) == timedelta(minutes=2, seconds=6)


def test_a_longer_retry_after_is_honoured_and_a_shorter_one_changes_nothing():
    assert next_delay(1, timedelta(minutes=2), 0.0) == timedelta(minutes=2)
    assert next_delay(2, timedelta(seconds=1), 0.0) == timedelta(minutes=5)


def test_no_receiver_can_put_a_message_off_for_ever():
    assert next_delay(1, timedelta(days=4000), 0.0) == timedelta(hours=24)


def test_nothing_waits_longer_than_what_a_wrong_clock_is_known_by():
    assert max(*DELAYS, LONGEST_RETRY_AFTER) * 1.1 < LONGEST_WAIT


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Sun, 22 Nov 2026 02:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 22 Nov 2026 01:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("１２０", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, wait: timedelta | None):
    assert parse_retry_after(value, NOW) == wait
