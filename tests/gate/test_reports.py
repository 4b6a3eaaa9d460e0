"""What the wallet reports besides logins, and what begins to hold with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.cases import desk
from tests.gate.scene import PAYEE, Scene


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
