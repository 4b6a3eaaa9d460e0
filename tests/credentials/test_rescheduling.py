"""Reminders follow a changed setting and a corrected clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.credentials.owner import REMINDING, Owner
from tests.credentials.test_reminders import pass_days


def test_reminders_follow_a_changed_age(owner: Owner) -> None:
    owner.dated(50)
    assert owner.reminded() == []
    sooner, later = replace(REMINDING, age=timedelta(days=60)), replace(REMINDING, age=timedelta(days=120))
    owner.run_worker(sooner)
    assert [one["state"] for one in owner.told()] == ["due_soon"]
    owner.run_worker(later)
    assert owner.password()["next_reminder_at"] == "2027-01-17T02:00:00Z"
    assert owner.reminded() == ["due_soon"]
    assert owner.password()["next_reminder_at"] == "2026-12-18T02:00:00Z"


def test_F11_reminders_follow_a_corrected_clock(owner: Owner) -> None:
    owner.dated(10)
    pass_days(owner, 365)
    assert owner.reminded() == ["due"]
    pass_days(owner, -365)
    assert owner.reminded() == ["due"]
    assert owner.password()["next_reminder_at"] == "2027-01-27T02:00:00Z"
    pass_days(owner, 66)
    assert owner.reminded() == ["due", "due_soon"]


def test_F11_a_date_from_a_clock_ahead_is_no_endless_work(owner: Owner) -> None:
    pass_days(owner, 365)
    owner.change(owner.service.clock.now, "chg-1")
    pass_days(owner, -365)
    assert owner.reminded() == []
    assert owner.password()["next_reminder_at"] == "2027-02-06T02:00:00Z"
