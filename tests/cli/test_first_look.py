"""What a newcomer is shown: a line that works when pasted, and a takeover from first login to closed gate."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from secmon.cli.serving import welcome
from secmon.settings.environment import Settings
from tests.service import TEST_KEYS


def test_the_demo_shows_devices_reasons_the_alert_and_the_closed_gate():
    shown = subprocess.run(
        [sys.executable, "-m", "secmon", "demo", "--accounts", "3", "--days", "2"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    for part in (
        "known device: Xiaomi 2201123C · Android 14 · UWallet 5",
        "updated device: Xiaomi 2201123C · Android 15 · UWallet 5",
        "Beijing to Frankfurt",
        "the owner is asked: was this you?",
        "standing frozen, transfer allowed: no",
    ):
        assert part in shown


def test_the_printed_login_happens_now_and_is_no_duplicate():
    now = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)
    settings = Settings("sqlite://", TEST_KEYS)
    assert "2031-01-02T03:04:05+00:00" in welcome(settings, now)
    assert welcome(settings, now) != welcome(settings, now)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - nothing listens here
        ("::1", "http://[::1]:8000"),
    ],
)
def test_the_printed_address_is_one_that_a_client_can_use(host: str, url: str):
    assert Settings("sqlite://", TEST_KEYS, host=host).local_url == url
