"""Each reminder once, in waking hours, however late or often the worker runs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from secmon.accounts.models import Account
from tests.cases import desk
from tests.credentials.owner import Owner
from tests.logins.factories import login
from tests.service import START


def pass_days(owner: Owner, days: float) -> None:
    owner.service.clock.advance(timedelta(days=days))


def test_an_owner_is_reminded_before_on_and_after_the_day_each_once(owner: Owner) -> None:
    owner.dated(75)
    assert owner.reminded() == []
    seen: list[str] = []
    for day in range(1, 77):
        pass_days(owner, 1)
        before = len(seen)
        seen = owner.reminded()
        if len(seen) > before:
            assert (75 + day, len(seen) - before) in {(76, 1), (90, 1), (120, 1), (150, 1)}
    assert seen == ["due_soon", "due", "due", "due"]
    assert [one["age_days"] for one in owner.told()] == [76, 90, 120, 150]


def test_running_again_reminds_of_nothing_new(owner: Owner) -> None:
    owner.dated(90)
    assert owner.reminded() == ["due"]
    assert owner.reminded() == ["due"]
    pass_days(owner, 0.2)
    assert owner.reminded() == ["due"]


def test_what_was_missed_while_no_worker_ran_is_one_reminder(owner: Owner) -> None:
    owner.dated(10)
    pass_days(owner, 300)
    assert owner.reminded() == ["due"]


def test_a_new_password_is_not_reminded_of(owner: Owner) -> None:
    owner.dated(89)
    owner.change(START, "chg-1")
    pass_days(owner, 75)
    assert owner.reminded() == []
    pass_days(owner, 1)
    assert owner.reminded() == ["due_soon"]


def test_nobody_is_reminded_at_night(owner: Owner) -> None:
    owner.dated(90)
    owner.service.clock.now = START + timedelta(hours=12)  # Ten in the evening.
    assert owner.reminded() == []
    assert owner.password()["next_reminder_at"] == "2026-11-23T01:00:00Z"
    owner.service.clock.now = START + timedelta(hours=22, minutes=59)
    assert owner.reminded() == []
    owner.service.clock.now = START + timedelta(hours=23)
    assert owner.reminded() == ["due"]


def test_night_is_where_the_owner_is(owner: Owner) -> None:
    owner.put(time_zone="America/New_York").raise_for_status()
    owner.dated(90)
    assert owner.reminded() == []
    assert owner.password()["next_reminder_at"] == "2026-11-22T14:00:00Z"
    owner.service.clock.now = datetime.fromisoformat("2026-11-22T14:00:00Z")
    assert owner.reminded() == ["due"]


def test_an_owner_who_moves_is_reminded_by_the_new_clock(owner: Owner) -> None:
    owner.dated(89)
    owner.put(time_zone="America/New_York").raise_for_status()
    pass_days(owner, 1)
    assert owner.reminded() == []
    pass_days(owner, 0.5)
    assert owner.reminded() == ["due"]


def test_a_dismissed_reminder_comes_back_in_the_next_period(owner: Owner) -> None:
    owner.dated(90)
    assert owner.wallet.post(f"{owner.path}/password/reminder/dismiss").status_code == 204
    shown = owner.password()
    assert (shown["state"], shown["dismissed"]) == ("due", True)
    assert shown["next_reminder_at"] == "2026-12-22T02:00:00Z"
    assert owner.reminded() == []
    pass_days(owner, 30)
    assert owner.password()["dismissed"] is False
    assert owner.reminded() == ["due"]


def test_a_fresh_password_has_nothing_to_dismiss(owner: Owner) -> None:
    owner.dated(70)
    owner.wallet.post(f"{owner.path}/password/reminder/dismiss").raise_for_status()
    assert owner.password()["dismissed"] is False
    pass_days(owner, 6)
    assert owner.reminded() == ["due_soon"]


def test_an_owner_whose_date_is_unknown_is_asked_once(owner: Owner) -> None:
    owner.wallet.post("/v1/login-events", json=login(owner.account_id)).raise_for_status()
    assert owner.reminded() == []
    pass_days(owner, 1)
    assert owner.reminded() == ["unknown"]
    assert owner.told() == [{"state": "unknown"}]
    pass_days(owner, 400)
    assert owner.reminded() == ["unknown"]


def test_who_told_the_date_in_time_is_not_asked(owner: Owner) -> None:
    owner.wallet.post("/v1/login-events", json=login(owner.account_id)).raise_for_status()
    owner.dated(5)
    pass_days(owner, 2)
    assert owner.reminded() == []


def test_who_was_asked_and_told_is_reminded_like_everybody(owner: Owner) -> None:
    owner.put(locale="en").raise_for_status()
    pass_days(owner, 1)
    assert owner.reminded() == ["unknown"]
    owner.dated(100)
    assert owner.reminded() == ["unknown", "due"]


def test_a_dismissed_question_is_not_asked(owner: Owner) -> None:
    owner.put(locale="en").raise_for_status()
    owner.wallet.post(f"{owner.path}/password/reminder/dismiss").raise_for_status()
    pass_days(owner, 2)
    assert owner.reminded() == []


def test_a_compromised_password_is_not_reminded_of_as_well(owner: Owner) -> None:
    owner.dated(90).compromised().raise_for_status()
    assert owner.reminded() == []
    owner.change(START, "chg-1")
    pass_days(owner, 76)
    assert owner.reminded() == ["due_soon"]


def test_the_owner_of_a_frozen_account_is_reminded_when_it_is_over(owner: Owner) -> None:
    owner.dated(90)
    case_id = desk.freeze(owner.wallet, owner.account_id)["case"]["case_id"]
    assert owner.reminded() == []
    with owner.service.client("agent") as agent, owner.service.client("supervisor") as supervisor:
        desk.give_back(agent, supervisor, owner.account_id, case_id)
    pass_days(owner, 1)
    assert owner.reminded() == ["due"]


def test_F11_a_clock_that_jumps_ahead_reminds_once_and_not_again(owner: Owner) -> None:
    owner.dated(80)
    assert owner.reminded() == ["due_soon"]
    pass_days(owner, 365)
    assert owner.reminded() == ["due_soon", "due"]
    pass_days(owner, -365)
    assert owner.reminded() == ["due_soon", "due"]
    pass_days(owner, -1 / 24)
    assert owner.reminded() == ["due_soon", "due"]


def test_no_reminder_holds_a_link_or_anything_personal(owner: Owner) -> None:
    owner.put(email="li@example.com", phone="+8613812345678").raise_for_status()
    owner.dated(90)
    owner.run_worker()
    assert owner.told() == [{"state": "due", "age_days": 90}]


def test_a_zone_that_nobody_knows_any_more_stops_no_other_owner(owner: Owner) -> None:
    other = Owner(owner.service, owner.wallet, f"{owner.account_id}-other")
    for each in (owner, other):
        each.dated(90)
    with owner.service.work() as work:
        row = work.session.get(Account, owner.account_id)
        row.time_zone = "Europe/Atlantis"
    assert (owner.reminded(), other.reminded()) == (["due"], ["due"])


@pytest.mark.parametrize("zone", ["localtime", "Factory", "posixrules", "../etc/passwd"])
def test_a_zone_that_is_no_place_is_refused(owner: Owner, zone: str) -> None:
    assert owner.put(time_zone=zone).status_code == 422


def test_a_dismissed_question_shows_as_dismissed(owner: Owner) -> None:
    owner.put(locale="en").raise_for_status()
    assert owner.password()["dismissed"] is False
    owner.wallet.post(f"{owner.path}/password/reminder/dismiss").raise_for_status()
    assert (owner.password()["state"], owner.password()["dismissed"]) == ("unknown", True)
