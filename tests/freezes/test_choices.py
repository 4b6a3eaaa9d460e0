"""What an operator sets holds: working time, days off."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from secmon.settings.environment import Settings
from tests.cases import desk
from tests.databases import fresh_database
from tests.service import Service

CHOSEN = {
    "SECMON_WORK_ZONE": "Europe/Berlin",
    "SECMON_WORK_HOURS": "08:00-12:00",
    "SECMON_WORK_WEEKDAYS": "Mon,Tue",
    "SECMON_HOLIDAYS": "2026-11-30",
    "SECMON_EXTRA_WORKDAYS": "2026-11-28",
    "SECMON_KEYS": f"test={b64encode(bytes(32)).decode()}",
}
NAMES = ("work_zone", "work_hours", "work_weekdays", "holidays", "extra_workdays")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of an operator who works on Mondays and Tuesdays, in the morning."""
    known = Settings.from_env({**CHOSEN, "SECMON_VAR_DIR": str(tmp_path)})
    service = Service(fresh_database("sqlite"), tmp_path, **{name: getattr(known, name) for name in NAMES})
    yield service
    service.stop()


def test_a_case_is_due_in_the_hours_that_were_chosen(service: Service) -> None:
    # Tuesday, 11:30 in Berlin; then comes an extra Saturday, a Monday off, and a Tuesday.
    service.clock.now = datetime.fromisoformat("2026-11-24T11:30:00+01:00")
    case = desk.open_case(service.client("agent"), "acct-1", priority="high")
    assert case["first_response_due_at"] == "2026-11-28T07:30:00Z"
    assert case["resolution_due_at"] == "2026-12-07T07:30:00Z"
