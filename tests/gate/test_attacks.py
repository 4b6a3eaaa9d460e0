"""What a thief tries at the gate: splitting, replaying, loosening, lying. H01 to H14."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from secmon.holds import service as holds
from secmon.holds.models import Hold
from secmon.holds.rules import preset
from tests.cases import desk
from tests.gate.scene import PAYEE, Scene
from tests.service import Service


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


def test_H04_one_id_is_one_request(scene: Scene) -> None:
    assert scene.pay("10", request_id="same") == "allow"
    for changes in ({"amount": "11"}, {"payee": PAYEE}, {"session_id": "ses-x"}):
        asked = {"amount": "10", "currency": "CNY", "balance": "1000", **changes}
        assert desk.code(scene.ask(request_id="same", **asked)) == (409, "request_id_reused")
    assert desk.code(scene.ask("withdraw", request_id="same", amount="10", currency="CNY"))[0] == 409


def test_H04_the_same_amount_written_otherwise_is_the_same_request(scene: Scene) -> None:
    assert scene.pay("120", request_id="written") == "allow"
    assert scene.pay("120.00", request_id="written") == "allow"


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
    loose = preset("standard").to_document()
    for clause in loose["clauses"]:
        clause["hours"] = 0.5
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
