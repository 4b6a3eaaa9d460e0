"""R15: while an account is frozen, nothing about its second factor moves."""

from __future__ import annotations

import pytest

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from tests.service import Service
from tests.twofactor.owner import Owner


def _set(service: Service, owner: Owner, standing: Standing) -> None:
    with service.work() as work:
        accounts.set_standing(accounts.lock(work, owner.account_id), standing)


@pytest.fixture
def frozen(service: Service, enrolled: Owner) -> Owner:
    _set(service, enrolled, Standing.FROZEN)
    return enrolled


def test_no_proof_is_accepted(frozen: Owner) -> None:
    for body in ({"code": frozen.code()}, {"recovery_code": frozen.recovery_codes[0]}):
        answer = frozen.verify(**body)
        assert (answer.status_code, answer.json()["code"]) == (409, "account_frozen")


def test_a_frozen_account_tells_nothing_of_a_code(frozen: Owner) -> None:
    bodies = [frozen.verify(code).json() for code in (frozen.code(), frozen.wrong_code())]
    for body in bodies:
        del body["request_id"]
    assert bodies[0] == bodies[1]


def test_nothing_is_counted_or_spent(service: Service, frozen: Owner) -> None:
    assert frozen.fail(10) == [409] * 10
    assert frozen.verify().status_code == 409
    _set(service, frozen, Standing.ACTIVE)
    assert frozen.verify().status_code == 200


def test_the_factor_is_neither_changed_nor_removed_nor_enrolled(frozen: Owner) -> None:
    code = {"code": frozen.code()}
    assert frozen.wallet.post(f"{frozen.path}/recovery-codes", json=code).status_code == 409
    assert frozen.wallet.request("DELETE", f"{frozen.path}/totp", json=code).status_code == 409
    assert frozen.wallet.post(f"{frozen.path}/totp").json()["code"] == "account_frozen"


def test_an_enrolment_that_was_started_is_not_confirmed(service: Service, owner: Owner) -> None:
    started = owner.start()
    _set(service, owner, Standing.FROZEN)
    assert owner.confirm(started["enrolment_id"], owner.code()).json()["code"] == "account_frozen"


def test_a_new_enrolment_fulfils_what_a_theft_demands(service: Service, owner: Owner) -> None:
    owner.start()
    with service.work() as work:
        account = accounts.lock(work, owner.account_id)
        accounts.require_action(work, account, "re_enrol_second_factor")
    owner.enrol()
    with service.work(write=False) as work:
        assert accounts.get(work, owner.account_id).required_actions == {}
