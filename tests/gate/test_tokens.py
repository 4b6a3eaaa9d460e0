"""Decision tokens: for what was allowed, for a minute, once. H03."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from tests.cases import desk
from tests.gate.scene import PAYEE, Scene
from tests.service import NO_TLS, Service


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


@pytest.mark.parametrize("kid", ["a\\u0000b", "\\ud800"])
def test_a_key_that_no_database_can_look_up_is_none_of_ours(scene: Scene, kid: str) -> None:
    header = f'{{"typ": "decision+jwt", "alg": "ES256", "kid": "{kid}"}}'
    parts = (base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, "{}", "x"))
    _, bound = token(scene)
    assert verify(scene, ".".join(parts), bound) == "not_a_decision"
