"""R15: while an account is frozen, nothing about its second factor moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

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


def test_nothing_that_was_shown_once_is_shown_again(service: Service, owner: Owner) -> None:
    """A stored answer holds the seed, or recovery codes; it is good again once the account is."""
    key = owner.account_id

    def ask(path: str, **body: Any) -> httpx.Response:
        return owner.wallet.post(f"{owner.path}/{path}", headers={"Idempotency-Key": key + path[4:]}, **body)

    def is_shown_while_active(path: str, **body: Any) -> None:
        shown = ask(path, **body).raise_for_status()
        _set(service, owner, Standing.FROZEN)
        assert ask(path, **body).json()["code"] == "account_frozen"
        _set(service, owner, Standing.ACTIVE)
        assert ask(path, **body).json() == shown.json()

    is_shown_while_active("totp")
    started = owner.scan(ask("totp").json())
    confirmation = {"enrolment_id": started["enrolment_id"], "code": owner.code()}
    is_shown_while_active("totp/confirm", json=confirmation)
    owner.next_step()
    is_shown_while_active("recovery-codes", json={"code": owner.code()})


def test_a_new_enrolment_fulfils_what_a_theft_demands(service: Service, owner: Owner) -> None:
    owner.start()
    with service.work() as work:
        account = accounts.lock(work, owner.account_id)
        accounts.require_action(work, account, "re_enrol_second_factor")
    owner.enrol()
    with service.work(write=False) as work:
        assert accounts.get(work, owner.account_id).required_actions == {}


def test_a16_a_freeze_that_commits_during_a_verification_is_respected(
    postgres_service: Service, account_id: str
) -> None:
    """The verification has begun, and waits for the account that the freeze holds."""
    with postgres_service.client("wallet") as wallet, ThreadPoolExecutor(1) as pool:
        owner = Owner(wallet, postgres_service.clock, account_id).enrol()
        with postgres_service.work() as work:
            accounts.set_standing(accounts.lock(work, account_id), Standing.FROZEN)
            work.session.flush()
            answer = pool.submit(owner.verify)
            _wait_for_a_waiter(postgres_service)
        assert answer.result().json()["code"] == "account_frozen"
        assert owner.verify().status_code == 409


def _wait_for_a_waiter(service: Service) -> None:
    """Returns once somebody waits for a row lock in the service's database."""
    url = make_url(service.settings.database_url).set(drivername="postgresql")
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as watcher:
        for _ in range(20_000):
            if watcher.execute(waiting).fetchone() != (0,):
                return
    raise AssertionError("nobody waits")
