"""The password's age is known and decides nothing (R13); its compromise does, until it is changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from secmon.outbox.kinds import Kind
from tests.credentials.owner import Owner
from tests.logins.factories import login
from tests.service import START

NOTHING_KNOWN = {
    "changed_at": None,
    "age_days": None,
    "state": "unknown",
    "compromised_at": None,
    "dismissed": False,
    "next_reminder_at": None,
}


def test_nothing_is_known_of_a_new_account(owner: Owner) -> None:
    owner.put(locale="en").raise_for_status()
    assert owner.password() == NOTHING_KNOWN


def test_an_unknown_account_has_no_password(owner: Owner) -> None:
    assert owner.wallet.get(f"{owner.path}/password").json()["code"] == "account_unknown"
    dismissed = owner.wallet.post(f"{owner.path}/password/reminder/dismiss")
    assert (dismissed.status_code, dismissed.json()["code"]) == (404, "account_unknown")


@pytest.mark.parametrize(
    ("days_ago", "state"), [(0, "fresh"), (75, "fresh"), (76, "due_soon"), (90, "due"), (400, "due")]
)
def test_the_profile_tells_since_when(owner: Owner, days_ago: int, state: str) -> None:
    shown = owner.dated(days_ago).password()
    assert (shown["age_days"], shown["state"]) == (days_ago, state)


def test_a_reported_change_makes_the_password_fresh(owner: Owner) -> None:
    owner.dated(100).change(START - timedelta(days=1), "chg-1")
    shown = owner.password()
    assert (shown["age_days"], shown["state"]) == (1, "fresh")
    assert shown["next_reminder_at"] == "2027-02-05T02:00:00Z"


def test_the_newest_date_stands_in_whatever_order_dates_come(owner: Owner) -> None:
    owner.change(START - timedelta(days=10), "chg-new")
    owner.change(START - timedelta(days=40), "chg-old")
    assert owner.dated(200).password()["age_days"] == 10


def test_other_credentials_do_not_make_the_password_younger(owner: Owner) -> None:
    owner.dated(100).change(START, "chg-1", credential="phone")
    assert owner.password()["age_days"] == 100


def test_a_date_in_the_future_is_refused(owner: Owner) -> None:
    answer = owner.put(password_changed_at=(START + timedelta(hours=1)).isoformat(), locale="en")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/password_changed_at"
    assert owner.wallet.get(f"{owner.path}/password").status_code == 404


def test_a_zone_that_is_none_is_refused(owner: Owner) -> None:
    for zone in ("Mars/Olympus", "../../etc/passwd", "asia/shanghai", ""):
        assert owner.put(time_zone=zone).status_code == 422
    assert owner.put(time_zone="Asia/Urumqi").json()["time_zone"] == "Asia/Urumqi"


def test_R13_an_old_password_decides_nothing(owner: Owner) -> None:
    owner.dated(2000)
    judged = owner.wallet.post("/v1/login-events", json=login(owner.account_id)).json()
    assert (judged["decision"], judged["required_actions"]) == ("allow", [])
    gate = owner.wallet.get(f"{owner.path}/standing", params={"action": "transfer"}).json()
    assert gate["allowed"] is True


def test_a_compromised_password_must_be_changed_before_money_moves(owner: Owner) -> None:
    answer = owner.dated(10).compromised(detail="Seen in plain text")
    assert (answer.status_code, answer.json()["state"]) == (200, "compromised")
    assert answer.json()["next_reminder_at"] is None
    assert owner.required() == ["change_password"]
    gate = owner.wallet.get(f"{owner.path}/standing", params={"action": "transfer"}).json()
    assert gate["allowed"] is False
    assert len(owner.told(Kind.PASSWORD_COMPROMISED)) == 1


def test_an_owner_is_told_once_of_one_compromise(owner: Owner) -> None:
    first = owner.compromised().json()
    owner.service.clock.advance(timedelta(minutes=5))
    assert owner.compromised(source="another-list").json() == first
    assert len(owner.told(Kind.PASSWORD_COMPROMISED)) == 1


def test_only_a_newer_change_ends_a_compromise(owner: Owner) -> None:
    owner.compromised()
    owner.change(START - timedelta(minutes=1), "chg-old")
    owner.dated(0)
    assert (owner.password()["state"], owner.required()) == ("compromised", ["change_password"])
    owner.change(START, "chg-new")
    assert (owner.password()["state"], owner.required()) == ("fresh", [])


def test_a_password_can_be_compromised_again(owner: Owner) -> None:
    owner.compromised()
    owner.change(START, "chg-1")
    owner.service.clock.advance(timedelta(days=1))
    assert owner.compromised().json()["state"] == "compromised"
    assert owner.required() == ["change_password"]
    assert len(owner.told(Kind.PASSWORD_COMPROMISED)) == 2


def test_the_timeline_tells_of_changes_and_of_the_compromise(owner: Owner) -> None:
    owner.compromised(detail="Seen in plain text")
    owner.change(START, "chg-1")
    body = {"account_id": owner.account_id, "category": "security", "channel": "hotline", "subject": "?"}
    with owner.service.client("agent") as agent:
        case_id = agent.post("/v1/cases", json=body).json()["case_id"]
        entries = agent.get(f"/v1/cases/{case_id}/timeline").json()["items"]
    assert [entry["what"] for entry in entries].count("credential.changed") == 1
    assert "list-7: Seen in plain text" in str([e for e in entries if e["what"] == "password.compromised"])


def test_erasing_an_account_erases_what_is_known_of_its_credentials(owner: Owner) -> None:
    owner.dated(100).change(START - timedelta(days=50), "chg-1")
    owner.wallet.delete(owner.path).raise_for_status()
    owner.put(locale="en").raise_for_status()
    assert owner.password() == NOTHING_KNOWN
    assert owner.wallet.get(f"{owner.path}/password").status_code == 200
    # The same event id is news again.
    owner.change(START - timedelta(days=50), "chg-1")
    assert owner.password()["age_days"] == 50
