"""R35: devices, habits, trust and open questions of a theft's time are no longer anybody's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from secmon.devices.models import Device
from secmon.logins.judges import JUDGES
from secmon.logins.models import StoredLogin, StoredProfile
from secmon.logins.teaching import login_in
from secmon.risk.profile import Profile
from tests.cases import desk
from tests.freezes.thefts import THEFTS, Theft
from tests.logins.factories import INSTALLS, takeover
from tests.logins.test_not_me import habits


@pytest.mark.parametrize("reason", THEFTS)
def test_A56_a_device_learnt_before_the_report_is_new_after_the_unfreeze(theft: Theft, reason: str) -> None:
    theft.logs_in("evt-owner")
    theft.wait(days=20)
    assert theft.thief_is_let_in("evt-1")["decision"] == "allow"
    theft.wait(hours=1)
    assert theft.thief_logs_in("evt-2")["device"]["recognition"] == "known"
    theft.reports_and_gives_back(reason)
    assert set(theft.devices()) == {INSTALLS.shown(f"ins-{theft.account_id}")}
    again = theft.thief_logs_in("evt-3")
    assert (again["device"]["recognition"], again["decision"] != "allow") == ("new", True)
    assert theft.logs_in("evt-4")["device"]["recognition"] == "known"


def test_A56_what_the_thief_did_is_no_habit(theft: Theft) -> None:
    alone = Theft(theft.service, theft.wallet, theft.agent, theft.supervisor, f"{theft.account_id}-alone")
    own = {"device_id": f"ins-{theft.account_id}"}
    for one in (theft, alone):
        one.logs_in("evt-1", **own)
    theft.wait(hours=1)
    for one in (theft, alone):
        one.logs_in("evt-2", **own)
    theft.wait(days=20)
    for number in range(3):
        assert theft.thief_is_let_in(f"evt-thief-{number}")["decision"] == "allow"
    theft.reports_and_gives_back()
    assert habits(theft.service, theft.account_id) == habits(theft.service, alone.account_id)


def test_A56_more_logins_than_are_taken_back_one_by_one_leave_no_habit_either(theft: Theft) -> None:
    """The profile is learnt anew from what came before; every device and login is taken back."""
    theft.logs_in("evt-owner")
    before = habits(theft.service, theft.account_id)
    theft.wait(days=20)
    theft.thief_is_let_in("evt-thief")
    _as_if_there_were_many(theft, "evt-thief", 1_100)
    theft.reports_and_gives_back()
    assert habits(theft.service, theft.account_id) == before
    # It lives on: a login that is dated back is no history.
    past = (theft.now - timedelta(days=31)).isoformat()
    dated_back = takeover(theft.account_id, event_id="evt-past", occurred_at=past)
    theft.wallet.post("/v1/login-events", json=dated_back).raise_for_status()
    with theft.service.work(write=False) as work:
        learnt = select(StoredLogin.event_id).where(
            StoredLogin.account_id == theft.account_id, StoredLogin.learnt
        )
        assert set(work.session.scalars(learnt)) == {"evt-owner"}
        known = select(func.count()).where(
            Device.account_id == theft.account_id, Device.known_since.is_not(None)
        )
        assert work.session.scalar(known) == 1


def test_A56_an_account_all_of_whose_devices_are_taken_back_is_no_new_one(theft: Theft) -> None:
    """Else the first who came in would be its first device, and be let in."""
    theft.logs_in("evt-owner")
    theft.reports_and_gives_back()
    assert theft.devices() == {}
    assert theft.thief_logs_in("evt-thief")["device"]["recognition"] == "new"


def test_A56_a_login_of_before_is_not_proven_after(theft: Theft) -> None:
    theft.logs_in("evt-owner")
    theft.wait(hours=1)
    assert theft.thief_logs_in("evt-thief")["decision"] != "allow"
    theft.reports_and_gives_back()
    assert desk.code(theft.passes("evt-thief")) == (409, "challenge_settled")
    assert theft.devices() == {}


def test_all_trust_is_gone(theft: Theft) -> None:
    theft.logs_in("evt-owner")
    theft.wait(days=30)
    device = f"{theft.path}/devices/ins-{theft.account_id}"
    theft.wallet.patch(device, json={"trusted": True}).raise_for_status()
    theft.reports_and_gives_back()
    assert {key: shown["trusted"] for key, shown in theft.devices().items()} == {
        INSTALLS.shown(f"ins-{theft.account_id}"): False
    }


def test_the_device_that_is_named_as_lost_is_known_no_longer_however_old(theft: Theft) -> None:
    theft.logs_in("evt-owner")
    theft.wait(days=30)
    theft.gives_back(theft.reports("device_lost", device_id=f"ins-{theft.account_id}"))
    assert theft.devices() == {}


@pytest.mark.parametrize("reason", ["device_lost", "suspicious_activity"])
def test_A56_the_device_that_is_named_is_no_habit_either(theft: Theft, reason: str) -> None:
    """Else it would come back as new, and be let in as the usual one in the usual network."""
    for number in range(20):
        theft.logs_in(f"evt-{number}")
        theft.wait(days=2)
    theft.gives_back(theft.reports(reason, device_id=f"ins-{theft.account_id}"))
    for event_id in ("evt-thief", "evt-again"):
        judged = theft.logs_in(event_id)
        signals = {signal["code"] for signal in judged["risk"]["signals"]}
        assert judged["device"]["recognition"] == "new"
        assert judged["alert_id"] is not None
        assert "reported_by_owner" in signals
        assert "usual_device" not in signals
    assert theft.devices() == {}
    # Found again: its owner proves it.
    assert theft.logs_in("evt-found", amr=["pwd", "otp"])["decision"] == "allow"
    assert theft.logs_in("evt-owner")["device"]["recognition"] == "known"


def test_what_an_alert_was_about_is_known_no_longer_whatever_the_reason(theft: Theft) -> None:
    theft.logs_in("evt-owner")
    theft.wait(days=30)
    theft.wallet.patch(
        f"{theft.path}/devices/ins-{theft.account_id}", json={"trusted": True}
    ).raise_for_status()
    theft.gives_back(theft.reports("suspicious_activity", device_id=f"ins-{theft.account_id}"))
    assert theft.devices() == {}


@pytest.mark.parametrize("said", ["was_me", "not_me"])
def test_A57_an_alert_of_before_is_answered_no_more(theft: Theft, said: str) -> None:
    theft.logs_in("evt-owner")
    theft.wait(hours=1)
    alert_id = theft.thief_logs_in("evt-thief")["alert_id"]
    theft.reports_and_gives_back()
    answer = theft.wallet.post(f"/v1/alerts/{alert_id}/answer", json={"answer": said})
    assert desk.code(answer) == (409, "alert_closed")
    (alert,) = theft.alerts()
    assert (alert["answer"], alert["closed_at"] is not None) == (None, True)
    assert desk.standing(theft.wallet, theft.account_id)["standing"] == "active"
    assert theft.devices() == {}


def test_A57_the_next_login_of_the_same_day_makes_an_alert_of_its_own(theft: Theft) -> None:
    theft.logs_in("evt-owner")
    theft.wait(hours=1)
    first = theft.thief_logs_in("evt-thief")["alert_id"]
    theft.reports_and_gives_back()
    second = theft.thief_logs_in("evt-again")["alert_id"]
    assert second not in {None, first}
    answer = theft.wallet.post(f"/v1/alerts/{second}/answer", json={"answer": "not_me"})
    assert answer.status_code == 200


def test_a_freeze_for_another_reason_leaves_questions_open(theft: Theft) -> None:
    theft.logs_in("evt-owner")
    theft.wait(hours=1)
    alert_id = theft.thief_logs_in("evt-thief")["alert_id"]
    theft.reports_and_gives_back("owner_request")
    assert theft.wallet.post(f"/v1/alerts/{alert_id}/answer", json={"answer": "was_me"}).status_code == 200


def test_one_person_alone_takes_back_as_much(lonely: Theft) -> None:
    lonely.logs_in("evt-owner")
    lonely.wait(hours=1)
    alert_id = lonely.thief_logs_in("evt-thief")["alert_id"]
    case_id = lonely.reports()
    desk.check_identity(lonely.agent, case_id).raise_for_status()
    assert desk.ask_unfreeze(lonely.agent, lonely.account_id, case_id).status_code == 200
    assert lonely.devices() == {}
    answer = lonely.wallet.post(f"/v1/alerts/{alert_id}/answer", json={"answer": "was_me"})
    assert desk.code(answer) == (409, "alert_closed")


def _as_if_there_were_many(theft: Theft, event_id: str, copies: int) -> None:
    """The login again and again, each from a device of its own, in the habits as well."""
    with theft.service.work() as work:
        key = (theft.account_id, event_id)
        stored = work.session.get_one(StoredLogin, key)
        device = work.session.get_one(Device, (theft.account_id, f"strange-{theft.account_id}"))
        for number in range(copies):
            login = {column.key: getattr(stored, column.key) for column in StoredLogin.__table__.columns}
            work.session.add(StoredLogin(**{**login, "event_id": f"many-{number}"}))
            seen = {column.key: getattr(device, column.key) for column in Device.__table__.columns}
            work.session.add(Device(**{**seen, "device_key": f"many-{number}"}))
        profile = work.session.get_one(StoredProfile, theft.account_id)
        known = Profile.decode(profile.profile)
        for _ in range(copies):
            known.learn(login_in(stored, JUDGES.of(theft.service.app).reader))
        profile.profile = known.encode()
