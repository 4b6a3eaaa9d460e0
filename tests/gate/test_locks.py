"""What owners lock themselves: at once tighter, slowly looser, and never by what a thief of the phone has."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cases import desk
from tests.gate.scene import FAR, Scene

FENCE = {"fence": {"amount": "800", "currency": "CNY"}}
AWAY = {"away": {"amount": "20", "currency": "CNY"}}
OFF = {"off": ["add_payee", "raise_limit"]}


def put(scene: Scene, **locks: object) -> httpx.Response:
    return scene.wallet.put(f"{scene.path}/locks", json=locks)


def shown(scene: Scene) -> list[dict[str, object]]:
    found: list[dict[str, object]] = scene.wallet.get(f"{scene.path}/locks").json()["items"]
    return found


def test_what_is_off_is_off_at_once(scene: Scene) -> None:
    put(scene, **OFF).raise_for_status()
    asked = scene.ask("add_payee").json()
    assert (asked["decision"], asked["until"]) == ("hold", None)
    assert not scene.allowed("raise_limit")
    assert scene.decision("change_credentials") == "allow"
    scene.later(days=400)
    assert scene.decision("add_payee") == "hold"
    assert [(lock["trigger"], lock["until"], lock["loosens"]) for lock in shown(scene)] == [
        ("owner_lock", None, False)
    ]


def test_a_fence_is_what_stays(scene: Scene) -> None:
    put(scene, **FENCE).raise_for_status()
    assert scene.pay("200", balance="1000") == "allow"
    assert scene.pay("0.01", balance="800") == "hold"
    assert scene.pay("100", balance="900") == "allow"
    # Nobody tells of how much: none of it is let go.
    assert scene.pay("1", balance=None) == "hold"


def test_a_fence_of_a_share_is_of_what_was_there(scene: Scene) -> None:
    put(scene, fence={"share": "0.8"}).raise_for_status()
    assert scene.pay("100", balance="1000") == "allow"
    assert scene.pay("100", balance="900") == "allow"
    assert scene.pay("0.01", balance="800") == "hold"


def test_a_fence_of_a_share_grows_by_no_money_that_comes_and_goes(scene: Scene) -> None:
    put(scene, fence={"share": "0.5"}).raise_for_status()
    for _ in range(6):
        assert scene.pay("400", balance="1000") == "allow"
    assert scene.pay("600", balance="1000") == "hold"
    # What comes on top is fenced by half as well.
    assert scene.pay("1000", balance="2000") == "allow"
    assert scene.pay("0.01", balance="1000") == "hold"


def test_away_is_capped_and_home_is_not(scene: Scene) -> None:
    put(scene, **AWAY).raise_for_status()
    home: dict[str, Any] = {"ip": "203.0.113.7"}
    away: dict[str, Any] = {"ip": FAR["ip"]}
    assert scene.pay("500", **home) == "allow"
    assert scene.pay("15", **away) == "allow"
    assert scene.pay("6", **away) == "hold"
    assert scene.pay("500", **home) == "allow"


def test_H08_tightening_makes_no_room_for_what_went(scene: Scene) -> None:
    put(scene, **AWAY).raise_for_status()
    away: dict[str, Any] = {"ip": FAR["ip"]}
    assert scene.pay("20", **away) == "allow"
    put(scene, away={"amount": "19", "currency": "CNY"}).raise_for_status()
    assert scene.pay("1", **away) == "hold"


@pytest.mark.parametrize(
    "looser",
    [
        {},
        {**FENCE, **AWAY, "off": ["add_payee"]},
        {**FENCE, **OFF},
        {**FENCE, **OFF, "away": {"amount": "21", "currency": "CNY"}},
        {**FENCE, **OFF, "away": {"amount": "20", "currency": "USD"}},
        {**AWAY, **OFF, "fence": {"amount": "799", "currency": "CNY"}},
        {**AWAY, **OFF, "fence": {"share": "0.99"}},
        {**FENCE, **AWAY, **OFF, "until": "2026-12-30T00:00:00Z"},
    ],
)
def test_H08_whatever_is_looser_takes_a_factor_that_is_older(scene: Scene, looser: dict[str, object]) -> None:
    """The thief has the phone, its PIN, the SIM and the mailbox, and enrols a factor."""
    put(scene, **FENCE, **AWAY, **OFF).raise_for_status()
    before = shown(scene)
    assert desk.code(put(scene, **looser)) == (403, "proof_required")
    scene.later(hours=1)
    scene.owner.enrol()
    assert desk.code(put(scene, **looser, code=scene.owner.code())) == (403, "proof_required")
    assert shown(scene) == before


def test_loosening_takes_half_a_day_and_can_be_called_off(scene: Scene) -> None:
    scene.with_factor()
    put(scene, **OFF).raise_for_status()
    wrong = put(scene, code=scene.owner.wrong_code())
    assert desk.code(wrong)[1] == "code_rejected"
    put(scene, code=scene.owner.code()).raise_for_status()
    assert [lock["loosens"] for lock in shown(scene)] == [True]
    assert scene.decision("add_payee") == "hold"
    scene.later(hours=11)
    keep = f"{scene.path}/locks/keep"
    stranger = scene.wallet.post(keep, json={"device_id": "strange-1"})
    assert desk.code(stranger) == (403, "device_not_known")
    scene.wallet.post(keep, json={"device_id": f"ins-{scene.account_id}"}).raise_for_status()
    scene.later(days=30)
    assert scene.decision("add_payee") == "hold"
    again = scene.wallet.post(keep, json={"device_id": f"ins-{scene.account_id}"})
    assert desk.code(again) == (409, "nothing_loosens")


def test_what_was_loosened_is_over_after_half_a_day(scene: Scene) -> None:
    scene.with_factor()
    put(scene, **OFF).raise_for_status()
    put(scene, off=["add_payee"], code=scene.owner.code()).raise_for_status()
    assert scene.decision("raise_limit") == "hold"
    scene.later(hours=12)
    assert scene.decision("raise_limit") == "allow"
    assert scene.decision("add_payee") == "hold"


def test_asking_twice_makes_nothing_sooner(scene: Scene) -> None:
    scene.with_factor()
    put(scene, **OFF).raise_for_status()
    put(scene, code=scene.owner.code()).raise_for_status()
    (first,) = shown(scene)
    scene.later(hours=6)
    scene.owner.next_step()
    put(scene, code=scene.owner.code()).raise_for_status()
    assert [lock["until"] for lock in shown(scene)] == [first["until"]]


def test_a_frozen_account_changes_no_lock(scene: Scene) -> None:
    put(scene, **OFF).raise_for_status()
    desk.freeze(scene.wallet, scene.account_id)
    assert desk.code(put(scene)) == (409, "account_frozen")


def test_a_fence_that_opens_face_to_face_opens_by_no_code(
    scene: Scene, agent: httpx.Client, supervisor: httpx.Client
) -> None:
    scene.with_factor()
    fence = {"amount": "800", "currency": "CNY", "face_to_face": True}
    put(scene, fence=fence).raise_for_status()
    assert desk.code(put(scene, code=scene.owner.code())) == (409, "face_to_face_only")
    (lock,) = shown(scene)
    path = f"{scene.path}/holds/{lock['hold_id']}/appeal"
    told = {"text": "I am here in person", "channel": "hotline"}
    case_id = agent.post(path, json=told).raise_for_status().json()["case_id"]
    desk.check_identity(agent, case_id, method="face_match").raise_for_status()
    verdict = {"note": "Seen"}
    answer = supervisor.post(f"{path}/uphold", json=verdict, headers=desk.seen(supervisor, case_id))
    assert desk.code(answer) == (409, "identity_unverified")
    desk.check_identity(agent, case_id).raise_for_status()
    answer = supervisor.post(f"{path}/uphold", json=verdict, headers=desk.seen(supervisor, case_id))
    assert answer.status_code == 200, answer.text
    assert shown(scene) == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"fence": {}}, "/fence/share"),
        ({"fence": {"share": "1"}}, "/fence/share"),
        ({"fence": {"share": "0.5", "amount": "1"}}, "/fence/share"),
        ({"fence": {"amount": "1"}}, "/fence/currency"),
        ({"fence": {"amount": 1, "currency": "CNY"}}, "/fence/amount"),
        ({"off": ["login"]}, "/off/0"),
        ({"away": {"amount": "-1", "currency": "CNY"}}, "/away/amount"),
        ({"until": "tomorrow"}, "/until"),
        ({"off": ["add_payee"], "until": "2026-01-01T00:00:00Z"}, "/until"),
    ],
)
def test_bad_locks_are_refused(scene: Scene, body: dict[str, object], pointer: str) -> None:
    answer = put(scene, **body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_whoever_comes_back_long_after_an_erasure_is_held_by_nobodys_lock(scene: Scene) -> None:
    put(scene, off=["transfer"]).raise_for_status()
    scene.wallet.delete(scene.path).raise_for_status()
    scene.later(days=29)
    scene.log_in()
    assert scene.decision("transfer") == "hold"
    scene.later(days=2)
    scene.report("sim").raise_for_status()
    assert "owner_lock" not in scene.triggers()
    assert scene.pay("1") == "allow"
