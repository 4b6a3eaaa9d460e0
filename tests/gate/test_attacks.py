"""What a thief tries at the gate: splitting, replaying, loosening, lying. H01 to H14."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from secmon.holds import service as holds
from secmon.holds.models import Hold
from tests.cases import desk
from tests.gate.scene import PAYEE, Scene
from tests.service import NO_TLS, Service


def test_H01_a_transfer_split_in_many_stays_under_the_cap(scene: Scene) -> None:
    scene.new_phone()
    gone, balance = Decimal(0), Decimal(1000)
    for _ in range(30):
        if scene.pay("7", balance=str(balance - gone)) == "allow":
            gone += 7
    assert gone == 49


@pytest.fixture
def parallel(postgres_service: Service, account_id: str) -> Scene:
    """On PostgreSQL, which lets two of them run at once."""
    return Scene(postgres_service, postgres_service.client("wallet"), account_id).settle_in()


def test_H01_two_hundred_at_once_never_exceed_it(parallel: Scene) -> None:
    parallel.new_phone()

    def pay(number: int) -> str:
        return parallel.pay("1", request_id=f"many-{number}")

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(pay, range(200)))
    assert said.count("allow") == 50


def test_H01_the_same_request_sent_twenty_times_counts_once(parallel: Scene) -> None:
    parallel.new_phone()
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda _: parallel.pay("30", request_id="one"), range(20)))
    assert said == ["allow"] * 20
    assert parallel.pay("20") == "allow"
    assert parallel.pay("0.01") == "hold"


def test_H02_what_began_a_hold_does_not_lift_it(scene: Scene) -> None:
    """The thief's own factor, the thief's own phone, and both."""
    scene.with_factor()
    session = scene.new_phone()["session_id"]
    hold = next(one for one in scene.holds() if one["trigger"] == "new_device")
    told = {"code": scene.owner.code(), "device_id": f"new-{scene.account_id}"}
    refused = scene.wallet.post(f"{scene.path}/holds/{hold['hold_id']}/lift", json=told)
    assert desk.code(refused) == (409, "factor_too_new")
    assert scene.pay("900", session_id=session) == "hold"


def test_H02_a_new_factor_lifts_nothing_that_is_older(scene: Scene) -> None:
    scene.with_factor()
    scene.new_phone()
    removal = {"code": scene.owner.code()}
    scene.wallet.request("DELETE", f"{scene.path}/totp", json=removal).raise_for_status()
    scene.owner.next_step()
    scene.owner.enrol()
    assert "factor_changed" in scene.triggers()
    old_phone = f"ins-{scene.account_id}"
    for hold in scene.holds():
        told = {"code": scene.owner.code(), "device_id": old_phone}
        refused = scene.wallet.post(f"{scene.path}/holds/{hold['hold_id']}/lift", json=told)
        assert desk.code(refused) == (409, "factor_too_new")


def test_an_owner_lifts_it_on_the_old_phone_with_the_old_factor(scene: Scene) -> None:
    scene.with_factor()
    new = scene.new_phone()["session_id"]
    for hold in scene.holds():
        told = {"code": scene.owner.code(), "device_id": f"ins-{scene.account_id}"}
        answer = scene.wallet.post(f"{scene.path}/holds/{hold['hold_id']}/lift", json=told)
        assert answer.status_code == 204, answer.text
        scene.owner.next_step()
    assert scene.holds() == []
    assert scene.pay("900", session_id=new) == "allow"
    ended = {hold["trigger"]: hold["ended_by"] for hold in scene.holds(ended="true")}
    assert (ended["new_device"], ended["alert_open"]) == ("older_factor", "older_factor")


def test_a_code_on_the_old_phone_proves_one_request(scene: Scene) -> None:
    scene.with_factor()
    scene.new_phone()
    old = scene.log_in()["session_id"]
    asked = {"amount": "900", "currency": "CNY", "balance": "1000", "session_id": old}
    assert scene.decision(request_id="big", **asked) == "prove"
    path = f"{scene.path}/gate/big/proof"
    assert desk.code(scene.wallet.post(path, json={"code": scene.owner.wrong_code()}))[1] == "code_rejected"
    assert scene.wallet.post(path, json={"code": scene.owner.code()}).status_code == 204
    assert scene.decision(request_id="big", **asked) == "allow"
    # And no other, nor this one for long.
    assert scene.decision(request_id="other", **asked) == "prove"
    scene.later(minutes=6)
    assert scene.decision(request_id="big", **asked) == "prove"


@pytest.mark.parametrize("method", ["sms", "tel", "otp", "pwd", "face", "mfa", "nonsense"])
def test_H08_what_a_phone_or_a_number_proves_is_no_proof(scene: Scene, method: str) -> None:
    assert scene.pay("1", session_id="ses-none", request_id="r-1") == "prove"
    refused = scene.wallet.post(f"{scene.path}/gate/r-1/proof", json={"method": method})
    assert desk.code(refused) == (409, "check_proves_nothing")
    accepted = scene.wallet.post(f"{scene.path}/gate/r-1/proof", json={"method": "hwk"})
    assert accepted.status_code == 204


def test_H02_a_key_of_nobody_knows_when_proves_nothing_against_a_hold(scene: Scene) -> None:
    """The wallet binds one to each app, a copied one too."""
    scene.with_factor().report("device_binding").raise_for_status()
    asked = {"request_id": "r-1", "device_id": f"ins-{scene.account_id}"}
    assert scene.pay("900", **asked) == "prove"
    refused = scene.wallet.post(f"{scene.path}/gate/r-1/proof", json={"method": "hwk"})
    assert desk.code(refused) == (409, "check_proves_nothing")
    (hold, *_) = scene.holds()
    told = {"method": "hwk", "device_id": f"ins-{scene.account_id}"}
    refused = scene.wallet.post(f"{scene.path}/holds/{hold['hold_id']}/lift", json=told)
    assert desk.code(refused) == (409, "check_proves_nothing")


def token(scene: Scene, **changes: Any) -> tuple[str, dict[str, str]]:
    """A decision token, and what it is for."""
    asked = {"amount": "120", "currency": "CNY", "payee": PAYEE, **changes}
    answer = scene.ask(request_id="pay-1", **asked).json()
    bound = {"account_id": scene.account_id, "request_id": "pay-1", "action": "transfer", **asked}
    return answer["decision_token"], bound


def verify(scene: Scene, decision_token: str, bound: dict[str, str], **changes: str) -> str | None:
    """Why a token is not taken; None where it is."""
    body = {"decision_token": decision_token, **bound, **changes}
    answer = scene.wallet.post("/v1/gate/verify", json=body).raise_for_status().json()
    assert answer["valid"] is (answer["reason"] is None)
    reason: str | None = answer["reason"]
    return reason


def test_H03_a_token_is_good_once(scene: Scene) -> None:
    given, bound = token(scene)
    assert verify(scene, given, bound) is None
    assert verify(scene, given, bound) == "spent"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "120.01"},
        {"currency": "USD"},
        {"payee": PAYEE[::-1]},
        {"action": "withdraw"},
        {"request_id": "pay-2"},
        {"account_id": "acct-other"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_H03_a_token_is_for_what_was_asked(scene: Scene, changes: dict[str, str]) -> None:
    given, bound = token(scene)
    assert verify(scene, given, bound, **changes) == "for_something_else"
    assert verify(scene, given, bound) is None


def test_H03_a_token_lives_for_a_minute(scene: Scene) -> None:
    given, bound = token(scene)
    scene.later(seconds=61)
    assert verify(scene, given, bound) == "not_a_decision"


def test_H03_a_token_of_before_a_freeze_is_worth_nothing(scene: Scene) -> None:
    given, bound = token(scene)
    desk.freeze(scene.wallet, scene.account_id)
    assert verify(scene, given, bound) == "account_changed"


def test_H03_a_token_of_before_a_hold_is_worth_nothing(scene: Scene) -> None:
    given, bound = token(scene)
    scene.report("sim").raise_for_status()
    assert verify(scene, given, bound) == "account_changed"


def test_H03_another_transfer_leaves_a_token_good(scene: Scene) -> None:
    scene.new_phone()
    given, bound = token(scene, amount="20", balance="1000")
    assert scene.pay("20") == "allow"
    bound.pop("balance")
    assert verify(scene, given, bound) is None


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_H03_what_is_no_token_is_not_taken(scene: Scene, forged: str) -> None:
    _, bound = token(scene)
    body = {"decision_token": forged, **bound}
    answer = scene.wallet.post("/v1/gate/verify", json=body)
    assert answer.status_code == 422 if not forged else answer.json()["reason"] == "not_a_decision"


def test_H03_an_access_token_is_no_decision_and_the_other_way_round(service: Service, scene: Scene) -> None:
    given, bound = token(scene)
    access = service.token("wallet")
    assert verify(scene, access, bound) == "not_a_decision"
    bearer = {"Authorization": f"Bearer {given}"}
    refused = httpx.get(f"{service.url}{scene.path}/standing", headers=bearer, verify=NO_TLS)
    assert refused.status_code == 401


def test_H04_one_id_is_one_request(scene: Scene) -> None:
    assert scene.pay("10", request_id="same") == "allow"
    for changes in ({"amount": "11"}, {"payee": PAYEE}, {"session_id": "ses-x"}):
        asked = {"amount": "10", "currency": "CNY", "balance": "1000", **changes}
        assert desk.code(scene.ask(request_id="same", **asked)) == (409, "request_id_reused")
    assert desk.code(scene.ask("withdraw", request_id="same", amount="10", currency="CNY"))[0] == 409


def test_H05_a_balance_that_grows_makes_no_room(scene: Scene) -> None:
    scene.new_phone()
    assert scene.pay("50", balance="1000") == "allow"
    assert scene.pay("1", balance="1000000") == "hold"


def test_H05_a_balance_that_shrinks_makes_less(scene: Scene) -> None:
    scene.new_phone()
    assert scene.pay("10", balance="200") == "allow"
    assert scene.pay("1", balance="100000") == "hold"


def test_H05_without_a_balance_the_amount_counts(scene: Scene) -> None:
    scene.new_phone()
    assert scene.pay("500", balance=None) == "allow"
    assert scene.pay("0.01", balance=None) == "hold"
    # What went is counted where the balance is told, too.
    assert scene.pay("0.01", balance="1000") == "hold"


def test_H05_another_currency_is_not_under_an_amount(scene: Scene) -> None:
    scene.new_phone()
    assert scene.decision(amount="1", currency="USD") == "hold"
    assert scene.decision(amount="1", currency="USD", balance="100") == "allow"


@pytest.mark.parametrize(
    "wrong", ["-1", "1e3", "0.123456789", "01", "1.", ".5", "", " 1", "１", "NaN", 5, 1.5]
)
@pytest.mark.parametrize("field", ["amount", "balance"])
def test_H05_what_is_no_amount_is_refused_with_its_pointer(scene: Scene, field: str, wrong: Any) -> None:
    answer = scene.ask(**{"amount": "1", "currency": "CNY", "balance": "10", field: wrong})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "fly"}, "/action"),
        ({"action": "transfer", "balance": "1"}, "/balance"),
        ({"action": "add_payee", "amount": "1"}, "/amount"),
        ({"action": "transfer", "amount": "1", "currency": "yuan"}, "/currency"),
        ({"action": "transfer", "payee": "Li Na"}, "/payee"),
        ({"action": "transfer", "app": {"on_call": "yes"}}, "/app/on_call"),
    ],
)
def test_bad_questions_are_refused(scene: Scene, body: dict[str, Any], pointer: str) -> None:
    answer = scene.wallet.post(f"{scene.path}/gate", json={"request_id": "r", **body})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_H07_a_change_dated_back_or_ahead_holds_from_when_it_is_told(scene: Scene) -> None:
    old = (scene.now - timedelta(days=400)).isoformat()
    scene.report("sim", occurred_at=old).raise_for_status()
    assert scene.pay("900") == "hold"
    ahead = (scene.now + timedelta(minutes=10)).isoformat()
    assert scene.report("payee", payee=PAYEE, occurred_at=ahead).status_code == 422


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"credential": "payee"}, "/payee"),
        ({"credential": "phone", "payee": PAYEE}, "/payee"),
        ({"credential": "sim", "former_limit": {"amount": "1", "currency": "CNY"}}, "/former_limit"),
        ({"credential": "limit", "former_limit": {"amount": 1, "currency": "CNY"}}, "/former_limit/amount"),
        ({"credential": "limit", "former_limit": {"amount": "1"}}, "/former_limit/currency"),
    ],
)
def test_bad_reports_are_refused(scene: Scene, body: dict[str, Any], pointer: str) -> None:
    answer = scene.report(**body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_A50_another_payee_under_a_known_event_id_is_refused(scene: Scene) -> None:
    scene.report("payee", payee=PAYEE, event_id="chg-same").raise_for_status()
    assert scene.report("payee", payee=PAYEE, event_id="chg-same").status_code == 200
    assert desk.code(scene.report("payee", payee=PAYEE[::-1], event_id="chg-same"))[1] == "event_id_reused"


def test_a_replaced_sim_card_proves_nothing_for_three_days(scene: Scene) -> None:
    scene.report("sim", method="carrier").raise_for_status()
    scene.later(hours=71)
    event = scene.log_in(device_id="strange-9", user_agent="UWallet/5.2.0 (Android 13; vivo V2031A; zh_CN)")
    path = f"/v1/accounts/{scene.account_id}/login-events/{event['event_id']}/challenge"
    settled = scene.wallet.post(path, json={"outcome": "passed", "method": "sms"}).raise_for_status().json()
    assert settled["challenge"]["proven"] is False
    scene.later(hours=2)
    event = scene.log_in(device_id="strange-10", user_agent="UWallet/5.2.0 (Android 13; vivo V2031A; zh_CN)")
    path = f"/v1/accounts/{scene.account_id}/login-events/{event['event_id']}/challenge"
    settled = scene.wallet.post(path, json={"outcome": "passed", "method": "sms"}).raise_for_status().json()
    assert settled["challenge"]["proven"] is True


def test_H12_a_transfer_beside_a_freeze_is_before_or_behind_it(parallel: Scene) -> None:
    """Never allowed once the freeze was answered."""
    for number in range(40):
        account = Scene(parallel.service, parallel.wallet, f"{parallel.account_id}-{number}")
        account.log_in()
        barrier = threading.Barrier(2)

        def pay(account: Scene = account, barrier: threading.Barrier = barrier) -> str:
            barrier.wait()
            return account.pay("1", request_id="racing")

        def stop(account: Scene = account, barrier: threading.Barrier = barrier) -> str:
            barrier.wait()
            desk.freeze(account.wallet, account.account_id)
            return account.pay("1", request_id="behind")

        with ThreadPoolExecutor(2) as threads:
            racing, behind = threads.submit(pay), threads.submit(stop)
            assert racing.result() in {"allow", "deny"}
            assert behind.result() == "deny"


def test_H12_a_transfer_beside_a_new_hold_is_before_or_behind_it(parallel: Scene) -> None:
    for number in range(40):
        account = Scene(parallel.service, parallel.wallet, f"{parallel.account_id}-{number}")
        account.log_in()
        barrier = threading.Barrier(2)

        def pay(account: Scene = account, barrier: threading.Barrier = barrier) -> str:
            barrier.wait()
            return account.pay("900", request_id="racing")

        def report(account: Scene = account, barrier: threading.Barrier = barrier) -> str:
            barrier.wait()
            account.report("sim").raise_for_status()
            return account.pay("900", request_id="behind")

        with ThreadPoolExecutor(2) as threads:
            racing, behind = threads.submit(pay), threads.submit(report)
            assert racing.result() in {"allow", "hold"}
            assert behind.result() == "hold"


def test_H13_other_rules_shorten_nothing_that_holds(service: Service, scene: Scene) -> None:
    scene.report("phone").raise_for_status()
    before = {hold["hold_id"]: hold["until"] for hold in scene.holds()}
    loose = {
        "currency": "CNY",
        "clauses": [{"trigger": "phone_changed", "actions": ["transfer"], "hours": 0.5}],
    }
    with service.client("admin") as admin:
        tag = admin.get("/v1/hold-rules").headers["ETag"]
        answers = []
        for body in ({"document": loose}, {"preset": "sg"}, {"preset": "standard"}):
            answers.append(admin.put("/v1/hold-rules", json=body, headers={"If-Match": tag}))
            tag = answers[-1].raise_for_status().headers["ETag"]
            assert {hold["hold_id"]: hold["until"] for hold in scene.holds()} == before
            scene.report("phone").raise_for_status()
            now = {hold["hold_id"]: hold["until"] for hold in scene.holds()}
            assert all(now[hold_id] >= until for hold_id, until in before.items())
            before = now


def test_H14_ten_thousand_payees_are_asked_about_one_by_one(service: Service, scene: Scene) -> None:
    """What the gate reads is what the question is about: its plan is an index, its rows are few."""
    with service.work() as work:
        rows = [
            {
                "account_id": scene.account_id,
                "hold_id": uuid.uuid4(),
                "trigger": "payee_added",
                "clause": 0,
                "subject": holds.payee(f"{number:016}"),
                "actions": "transfer withdraw",
                "cap": {"amount": "1", "currency": "CNY"},
                "sums": {},
                "base": {},
                "begun_at": work.now,
                "until": work.now + timedelta(hours=1),
                "lifted_by": "",
                "quiet": True,
                "face_to_face": False,
                "rules_version": 0,
                "made_by": "test",
            }
            for number in range(10_000)
        ]
        work.session.bulk_insert_mappings(Hold, rows)
    with service.work(write=False) as work:
        found = holds.live(work, scene.account_id, {holds.WHOLE_ACCOUNT, holds.payee(f"{7:016}")})
        assert len(found) == 1
    assert scene.pay("2", payee=f"{7:016}") == "hold"
    assert scene.pay("2", payee=PAYEE) == "allow"
    standing = scene.wallet.get(f"{scene.path}/standing").json()
    assert standing["restrictions"] == []
