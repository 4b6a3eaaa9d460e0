"""The gate: what holds, whose session, and that what it allows is counted."""

from __future__ import annotations

import httpx
import pytest

from tests.cases import desk
from tests.gate.scene import FAR, PAYEE, STRANGE_PHONE, Scene


def test_who_is_held_by_nothing_is_let_through(scene: Scene) -> None:
    session = scene.log_in()["session_id"]
    answer = scene.ask(amount="900.00", currency="CNY", balance="1000", session_id=session).json()
    assert (answer["decision"], answer["until"], answer["reasons"]) == ("allow", None, [])
    assert answer["decision_token"].count(".") == 2


def test_a_new_phone_moves_a_twentieth_for_half_a_day(scene: Scene) -> None:
    session = scene.new_phone()["session_id"]
    assert scene.triggers() == {"new_device", "alert_open"}
    assert scene.pay("50.01", session_id=session) == "hold"
    assert scene.pay("50.00", session_id=session) == "allow"
    assert scene.pay("0.01", balance="950", session_id=session) == "hold"
    assert scene.decision("add_payee", session_id=session) == "hold"
    scene.later(hours=12)
    # Somewhere else, for nobody has answered yet whether the new phone was the owner's.
    assert scene.pay("900", session_id=scene.log_in()["session_id"]) == "allow"
    assert scene.pay("900", session_id=session) == "hold"
    scene.later(hours=12)
    assert scene.pay("900", session_id=session) == "allow"
    assert scene.decision("add_payee", session_id=session) == "allow"


def test_every_reason_comes_with_what_can_be_done(scene: Scene) -> None:
    answer = scene.wallet.post(
        f"{scene.path}/gate",
        json={"request_id": "r-1", "action": "add_payee", "session_id": scene.new_phone()["session_id"]},
        headers={"Accept-Language": "zh-CN"},
    ).json()
    told = {reason["code"]: reason["detail"] for reason in answer["reasons"]}
    assert told == {"new_device": "新设备刚刚通过验证", "alert_open": "有一次登录尚待您确认"}
    assert answer["remedy"]["lifts"] == ["wait", "support"]
    assert answer["until"] == max(hold["until"] for hold in scene.holds())
    for text in (*answer["remedy"]["steps"], *answer["remedy"]["papers"]):
        assert "\u4e00" <= text[0] <= "\u9fff"


def test_the_standing_answers_against_the_cap_and_counts_nothing(scene: Scene) -> None:
    scene.new_phone()
    assert not scene.allowed()
    assert not scene.allowed(amount="50.01", balance="1000")
    for _ in range(3):
        assert scene.allowed(amount="50", currency="CNY", balance="1000")
    assert scene.pay("50") == "allow"
    assert not scene.allowed(amount="50", currency="CNY", balance="950")
    assert scene.allowed("login")


def test_a_frozen_account_is_denied_everything(scene: Scene) -> None:
    session = scene.log_in()["session_id"]
    desk.freeze(scene.wallet, scene.account_id)
    answer = scene.ask(amount="1", session_id=session).json()
    assert answer["decision"] == "deny"
    assert {reason["code"] for reason in answer["reasons"]} == {"frozen", "session_ended"}
    assert "decision_token" not in answer


def test_something_that_is_required_holds_money(scene: Scene) -> None:
    scene.wallet.post(f"{scene.path}/password/compromised", json={"source": "list"}).raise_for_status()
    assert scene.pay("1") == "hold"
    assert scene.decision("change_credentials") == "allow"


def test_H10_a_session_that_is_of_no_login_has_to_prove(scene: Scene) -> None:
    assert scene.pay("1", session_id="ses-made-up") == "prove"


def test_H10_a_session_of_another_account_is_no_session(scene: Scene) -> None:
    other = Scene(scene.service, scene.wallet, f"{scene.account_id}-other")
    session = other.log_in()["session_id"]
    assert scene.pay("1", session_id=session) == "prove"


def test_H10_a_session_of_a_login_that_was_refused_is_over(scene: Scene) -> None:
    failed = scene.log_in(outcome="failure", failure_reason="bad_password")["session_id"]
    assert scene.pay("1", session_id=failed) == "deny"
    strange = scene.log_in(device_id="strange-1", user_agent=STRANGE_PHONE, **FAR)
    assert strange["decision"] == "challenge"
    assert scene.pay("1", session_id=strange["session_id"]) == "prove"
    path = f"/v1/accounts/{scene.account_id}/login-events/{strange['event_id']}/challenge"
    scene.wallet.post(path, json={"outcome": "failed", "method": "sms"}).raise_for_status()
    assert scene.pay("1", session_id=strange["session_id"]) == "deny"


@pytest.mark.parametrize("reason", ["theft_reported", "owner_request"])
def test_H10_a_session_of_before_a_freeze_is_over_once_it_is_lifted(
    scene: Scene, agent: httpx.Client, supervisor: httpx.Client, reason: str
) -> None:
    session = scene.log_in()["session_id"]
    case_id = desk.freeze(agent, scene.account_id, reason=reason)["case"]["case_id"]
    scene.later(hours=1)
    desk.give_back(agent, supervisor, scene.account_id, case_id)
    scene.later(hours=25)
    assert scene.decision("change_notifications", session_id=session) == "deny"


@pytest.mark.parametrize(
    "moved",
    [
        {"device_id": "ins-of-a-thief"},
        {"user_agent": STRANGE_PHONE},
    ],
    ids=["device", "system"],
)
def test_a_session_that_goes_on_elsewhere_has_to_prove_it(scene: Scene, moved: dict[str, str]) -> None:
    session = scene.log_in()["session_id"]
    same = {"device_id": f"ins-{scene.account_id}", "ip": "203.0.113.99"}
    assert scene.pay("1", session_id=session, **same) == "allow"
    assert scene.pay("1", session_id=session, **{**same, **moved}) == "prove"


def test_one_payee_more_is_held_alone(scene: Scene) -> None:
    scene.report("payee", payee=PAYEE).raise_for_status()
    assert scene.pay("51", payee=PAYEE) == "hold"
    assert scene.pay("50", payee=PAYEE) == "allow"
    assert scene.pay("900", payee="0" * 16) == "allow"
    scene.later(hours=1)
    assert scene.pay("900", payee=PAYEE) == "allow"


def test_H01_many_payees_get_no_more_than_one(scene: Scene) -> None:
    """What goes to all who were just added is one sum; whoever was added before is paid as ever."""
    mules = [f"{number:016x}" for number in range(3)]
    for mule in mules:
        scene.report("payee", payee=mule).raise_for_status()
    assert [scene.pay("20", payee=mule) for mule in mules] == ["allow", "allow", "hold"]
    assert scene.pay("10", payee=mules[2]) == "allow"
    assert scene.pay("900", payee=PAYEE) == "allow"
    assert all(hold["payee"] for hold in scene.holds())


def test_H06_a_payee_who_is_called_otherwise_is_another_one(scene: Scene) -> None:
    """Whoever was added is new, whatever the wallet called somebody before."""
    scene.report("payee", payee=PAYEE).raise_for_status()
    scene.later(hours=1)
    scene.report("payee", payee=PAYEE[::-1]).raise_for_status()
    assert scene.pay("51", payee=PAYEE) == "allow"
    assert scene.pay("51", payee=PAYEE[::-1]) == "hold"


def test_a_new_payee_is_proven_at_home_alone(scene: Scene) -> None:
    """Whoever snatched the phone has its authenticator too."""
    scene.with_factor().report("payee", payee=PAYEE).raise_for_status()
    asked = {"payee": PAYEE, "device_id": f"ins-{scene.account_id}"}
    assert scene.pay("51", ip="203.0.113.99", **asked) == "prove"
    assert scene.pay("51", ip="198.51.100.9", **asked) == "hold"
    assert scene.pay("51", **asked) == "hold"


def test_many_logins_make_no_home_of_a_network(scene: Scene) -> None:
    """They came behind the payee, or less than three days before."""
    scene.with_factor()
    for _ in range(10):
        scene.log_in(ip="198.51.100.9")
    scene.later(hours=1)
    scene.report("payee", payee=PAYEE).raise_for_status()
    asked = {"payee": PAYEE, "device_id": f"ins-{scene.account_id}", "ip": "198.51.100.9"}
    assert scene.pay("51", **asked) == "hold"


def test_a_payee_waits_longer_where_something_else_is_held(scene: Scene) -> None:
    scene.new_phone()
    scene.report("payee", payee=PAYEE).raise_for_status()
    (hold,) = [one for one in scene.holds() if one["trigger"] == "payee_added"]
    assert hold["payee"] == PAYEE
    assert hold["until"] > scene.holds()[-1]["begun_at"]
    scene.later(hours=11, minutes=59)
    assert scene.pay("51", payee=PAYEE) == "hold"


def test_a_limit_that_was_raised_is_the_old_one_for_half_a_day(scene: Scene) -> None:
    former = {"amount": "200.00", "currency": "CNY"}
    scene.report("limit", former_limit=former).raise_for_status()
    assert scene.pay("200") == "allow"
    assert scene.pay("1") == "hold"
    scene.later(hours=12)
    assert scene.pay("900") == "allow"


@pytest.mark.parametrize("told", ["on_call", "screen_shared", "remote_control"])
def test_who_is_led_waits_half_an_hour(scene: Scene, told: str) -> None:
    answer = scene.ask("add_payee", app={told: True}).json()
    assert (answer["decision"], answer["reasons"][0]["code"]) == ("hold", "on_call")
    # Hung up, and still.
    assert scene.decision("raise_limit", app={told: False}) == "hold"
    assert scene.decision("raise_limit") == "hold"
    scene.later(minutes=30)
    assert scene.decision("raise_limit") == "allow"


def test_who_was_led_pays_nobody_new_much_for_half_a_day(scene: Scene) -> None:
    """Callers who hear of half an hour call again after it, and have the owner read out the codes."""
    scene.with_factor()
    assert scene.decision("add_payee", app={"on_call": True}) == "hold"
    scene.later(minutes=31)
    assert scene.decision("add_payee") == "allow"
    scene.report("payee", payee=PAYEE).raise_for_status()
    asked = {"payee": PAYEE, "device_id": f"ins-{scene.account_id}", "ip": "203.0.113.99"}
    scene.later(hours=11)
    assert scene.pay("51", **asked) == "hold"
    assert scene.pay("50", **asked) == "allow"
    assert scene.pay("900") == "allow"


def test_who_is_led_may_pay_whom_they_paid_before(scene: Scene) -> None:
    assert scene.pay("10", payee=PAYEE) == "allow"
    scene.later(days=2)
    assert scene.pay("10", payee=PAYEE, app={"on_call": True}) == "allow"
    assert scene.pay("10", payee=PAYEE[::-1], app={"on_call": True}) == "hold"
    assert scene.pay("10", payee=PAYEE[::-1]) == "hold"


def test_an_open_alert_holds_the_device_that_it_is_about(scene: Scene) -> None:
    strange = scene.log_in(device_id="strange-2", user_agent=STRANGE_PHONE, **FAR)
    assert strange["alert_id"] is not None
    home = scene.log_in()["session_id"]
    assert scene.pay("900", session_id=home) == "allow"
    assert scene.pay("900", session_id=strange["session_id"]) == "hold"
    # Who tells no device may be on any.
    assert scene.pay("900") == "hold"
    answer = scene.wallet.post(f"/v1/alerts/{strange['alert_id']}/answer", json={"answer": "was_me"})
    answer.raise_for_status()
    assert "alert_open" not in scene.triggers()
    # It was the owner's new phone, and so it is a new phone.
    assert "new_device" in scene.triggers()


def test_a_known_device_elsewhere_is_held_and_the_owner_at_home_is_not(scene: Scene) -> None:
    scene.settle_in(20)
    elsewhere = scene.log_in(**FAR)
    assert elsewhere["device"]["recognition"] == "known"
    home = scene.log_in()["session_id"]
    assert scene.triggers() == {"known_device_elsewhere", "alert_open"}
    assert scene.pay("900", session_id=elsewhere["session_id"]) == "hold"
    # The question is about this device, and the place is not about this session: answered, the owner is free.
    held = scene.ask(amount="900", currency="CNY", session_id=home).json()
    assert [reason["code"] for reason in held["reasons"]] == ["alert_open"]
    answered = scene.wallet.post(f"/v1/alerts/{elsewhere['alert_id']}/answer", json={"answer": "was_me"})
    answered.raise_for_status()
    assert scene.pay("900", session_id=home) == "allow"


def test_what_an_erasure_leaves_is_asked_too(scene: Scene) -> None:
    """H11: who erases the account and begins it anew is not rid of what held it."""
    scene.new_phone()
    assert scene.pay("900") == "hold"
    scene.wallet.delete(scene.path).raise_for_status()
    scene.log_in()
    assert scene.pay("900") == "hold"
    assert not scene.allowed()


def test_H11_an_unfreeze_ends_no_hold(scene: Scene, agent: httpx.Client, supervisor: httpx.Client) -> None:
    scene.report("phone").raise_for_status()
    before = {hold["hold_id"] for hold in scene.holds()}
    case_id = desk.freeze(agent, scene.account_id)["case"]["case_id"]
    desk.give_back(agent, supervisor, scene.account_id, case_id)
    assert before < {hold["hold_id"] for hold in scene.holds()}


def test_H11_a_reset_of_the_factor_ends_no_hold(
    scene: Scene, agent: httpx.Client, supervisor: httpx.Client
) -> None:
    scene.with_factor().report("sim").raise_for_status()
    before = {hold["hold_id"] for hold in scene.holds()}
    case_id = desk.open_case(agent, scene.account_id)["case_id"]
    desk.check_identity(agent, case_id).raise_for_status()
    told = {"case_id": case_id, "reason": "Phone lost, ID document seen."}
    asked = agent.post(f"{scene.path}/two-factor/reset", json=told).raise_for_status().json()
    path = f"{scene.path}/two-factor/reset/{asked['request_id']}/approve"
    seen = desk.seen(supervisor, case_id)
    supervisor.post(path, json={"note": "Seen"}, headers=seen).raise_for_status()
    assert before < {hold["hold_id"] for hold in scene.holds()}
    assert "factor_reset" in scene.triggers()
