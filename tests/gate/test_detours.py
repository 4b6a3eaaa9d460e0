"""Ways around what holds: by another order, another action, another phone, or what was said before."""

from __future__ import annotations

from tests.cases import desk
from tests.gate.scene import FAR, PAYEE, STRANGE_PHONE, Scene


def put(scene: Scene, **locks: object) -> int:
    return scene.wallet.put(f"{scene.path}/locks", json=locks).status_code


def test_H08_a_factor_does_not_get_older_than_a_lock_by_tightening_it(scene: Scene) -> None:
    """The thief enrols a factor, locks one thing more, and then unlocks all of it."""
    assert put(scene, off=["add_payee"]) == 200
    scene.later(hours=1)
    scene.owner.enrol()
    scene.later(hours=1)
    assert put(scene, off=["add_payee", "export_key"]) == 200
    loosened = scene.wallet.put(f"{scene.path}/locks", json={"code": scene.owner.code()})
    assert desk.code(loosened) == (403, "proof_required")


def test_who_is_led_into_a_transfer_is_not_led_into_a_withdrawal_instead(scene: Scene) -> None:
    assert scene.pay("10", payee=PAYEE, app={"on_call": True}) == "hold"
    assert scene.decision("withdraw", amount="10", currency="CNY", balance="1000", payee=PAYEE) == "hold"


def test_H02_a_check_from_before_a_hold_proves_nothing_against_it(scene: Scene) -> None:
    """The key of the app proves the session; then the thief adds the payee, and asks again."""
    scene.with_factor()
    asked = {
        "request_id": "r-1",
        "device_id": f"ins-{scene.account_id}",
        "session_id": "ses-none",
        "payee": PAYEE,
        "ip": "203.0.113.7",
    }
    assert scene.pay("900", **asked) == "prove"
    proof = f"{scene.path}/gate/r-1/proof"
    scene.wallet.post(proof, json={"method": "hwk"}).raise_for_status()
    scene.report("payee", payee=PAYEE).raise_for_status()
    assert scene.pay("900", **asked) == "prove"
    assert desk.code(scene.wallet.post(proof, json={"method": "hwk"})) == (409, "check_proves_nothing")
    scene.wallet.post(proof, json={"code": scene.owner.code()}).raise_for_status()
    assert scene.pay("900", **asked) == "allow"


def test_a_session_that_is_copied_to_another_phone_is_not_on_the_old_one(scene: Scene) -> None:
    """A code that was talked out of the owner proves against a hold on the owner's phone alone."""
    home = scene.with_factor().log_in()["session_id"]
    scene.report("phone").raise_for_status()
    assert scene.pay("900", session_id=home) == "prove"
    assert scene.pay("900", session_id=home, device_id=f"ins-{scene.account_id}") == "prove"
    assert scene.pay("900", session_id=home, device_id="thief-1") == "hold"


def test_a_copy_of_a_session_from_home_is_not_at_home(scene: Scene) -> None:
    """A known device is where its owner has never been, and the session of the other one is copied."""
    other = {"device_id": f"pad-{scene.account_id}", "user_agent": STRANGE_PHONE}
    scene.log_in(**other, amr=["pwd", "otp"])
    scene.later(days=5)
    home = scene.log_in()["session_id"]
    scene.log_in(**other, **FAR)
    assert "known_device_elsewhere" in scene.triggers()
    assert scene.pay("900", session_id=home) == "allow"
    assert scene.pay("900", session_id=home, device_id="thief-1") == "hold"


def test_an_owner_who_locks_something_waits_no_longer_to_pay_somebody_new(scene: Scene) -> None:
    assert put(scene, fence={"amount": "10", "currency": "CNY"}) == 200
    scene.report("payee", payee=PAYEE).raise_for_status()
    assert scene.pay("900", payee=PAYEE) == "hold"
    scene.later(hours=2)
    assert scene.pay("900", payee=PAYEE) == "allow"
