"""Removing the second factor takes the second factor, and the owner is told."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.service import Service
from tests.twofactor.owner import Owner
from tests.twofactor.traces import recorded, told


def _remove(owner: Owner, body: dict[str, Any]) -> httpx.Response:
    return owner.wallet.request("DELETE", f"{owner.path}/totp", json=body)


def test_a_code_removes_the_factor(service: Service, enrolled: Owner) -> None:
    assert _remove(enrolled, {"code": enrolled.code()}).status_code == 204
    status = enrolled.status()
    assert (status["enabled"], status["recovery_codes_left"]) == (False, 0)
    enrolled.next_step()
    assert enrolled.verify().status_code == 403
    assert told(service, enrolled.account_id)[-1] == ("two_factor.removed", {"by": "owner"})
    assert recorded(service, enrolled.account_id, "two_factor.removed") == [{"method": "totp"}]


def test_a_recovery_code_removes_the_factor(service: Service, enrolled: Owner) -> None:
    assert _remove(enrolled, {"recovery_code": enrolled.recovery_codes[0]}).status_code == 204
    assert enrolled.status()["enabled"] is False
    assert enrolled.verify(recovery_code=enrolled.recovery_codes[1]).status_code == 403
    assert recorded(service, enrolled.account_id, "two_factor.removed") == [{"method": "recovery_code"}]


def test_a13_nothing_is_removed_without_a_code(enrolled: Owner) -> None:
    assert enrolled.wallet.delete(f"{enrolled.path}/totp").status_code in {400, 415}
    assert _remove(enrolled, {}).status_code == 422
    assert _remove(enrolled, {"code": None}).status_code == 422
    assert _remove(enrolled, {"code": enrolled.wrong_code()}).json()["code"] == "code_rejected"
    assert enrolled.status()["enabled"] is True


def test_a_spent_code_removes_nothing(enrolled: Owner) -> None:
    code = enrolled.code()
    assert enrolled.verify(code).status_code == 200
    assert _remove(enrolled, {"code": code}).status_code == 403
    assert enrolled.status()["enabled"] is True


def test_wrong_codes_for_a_removal_block_as_well(enrolled: Owner) -> None:
    answers = [_remove(enrolled, {"code": enrolled.wrong_code()}).status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]
    assert enrolled.verify().status_code == 429


def test_nothing_to_remove_looks_like_a_wrong_code(owner: Owner) -> None:
    assert _remove(owner, {"code": "123456"}).json()["code"] == "code_rejected"


def test_after_a_removal_another_authenticator_is_enrolled(enrolled: Owner) -> None:
    lost, old_codes = enrolled.authenticator, enrolled.recovery_codes
    assert _remove(enrolled, {"code": enrolled.code()}).status_code == 204
    enrolled.enrol()
    assert lost is not None
    assert enrolled.verify(lost.shows(enrolled.clock.now)).status_code == 403
    assert enrolled.verify(recovery_code=old_codes[0]).status_code == 403
    assert enrolled.verify().status_code == 200


@pytest.mark.parametrize("role", ["agent", "supervisor", "auditor", "admin"])
def test_nobody_but_the_wallet_acts_as_the_owner(service: Service, enrolled: Owner, role: str) -> None:
    with service.client(role) as staff:
        code = {"code": enrolled.code()}
        assert staff.request("DELETE", f"{enrolled.path}/totp", json=code).status_code == 403
        assert staff.post(f"{enrolled.path}/two-factor/verify", json=code).status_code == 403
        assert staff.post(f"{enrolled.path}/totp").status_code == 403
    assert enrolled.verify(code["code"]).status_code == 200
