"""Straight failures block the factor for longer each time, and a hundred disable it, whoever made them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import select

from secmon.audit.models import AuditEntry
from tests.databases import fresh_database
from tests.service import Service
from tests.twofactor.owner import Owner
from tests.twofactor.traces import kinds_told, recorded, told

MINUTES = [1, 2, 4, 8, 16, 32, 60, 60]


def test_five_failures_block_the_right_code_as_well(enrolled: Owner) -> None:
    assert enrolled.fail(5) == [403] * 5
    answer = enrolled.verify()
    assert (answer.status_code, answer.json()["code"]) == (429, "factor_locked")
    assert answer.headers["Retry-After"] == "60"
    assert enrolled.status()["state"] == "locked"
    assert enrolled.status()["enabled"] is True


def test_a_block_ends_by_the_clock(enrolled: Owner) -> None:
    enrolled.fail(5)
    enrolled.clock.advance(timedelta(seconds=59))
    assert enrolled.verify().status_code == 429
    enrolled.clock.advance(timedelta(seconds=1))
    assert enrolled.verify().status_code == 200


def test_blocks_grow_to_an_hour(enrolled: Owner) -> None:
    waits = []
    for minutes in MINUTES:
        assert enrolled.fail(5) == [403] * 5
        waits.append(int(enrolled.verify().headers["Retry-After"]))
        enrolled.clock.advance(timedelta(minutes=minutes))
    assert waits == [60 * minutes for minutes in MINUTES]


def test_only_success_ends_the_count(enrolled: Owner) -> None:
    enrolled.fail(4)
    assert enrolled.verify().status_code == 200
    assert enrolled.fail(5) == [403] * 5
    enrolled.clock.advance(timedelta(days=400))
    assert enrolled.fail(5) == [403] * 5
    assert enrolled.verify().headers["Retry-After"] == "120"


def test_attempts_against_a_blocked_factor_change_nothing(enrolled: Owner) -> None:
    enrolled.fail(5)
    assert enrolled.fail(20) == [429] * 20
    enrolled.clock.advance(timedelta(minutes=1))
    assert enrolled.verify().status_code == 200


def test_a07_every_client_address_and_action_share_one_counter(tmp_path: Path, account_id: str) -> None:
    """R04: five clients of their own, each behind another address, and every action that takes a code."""
    service = Service(fresh_database("sqlite"), tmp_path, trusted_proxies=(ip_network("127.0.0.0/8"),))
    with service.client("admin") as admin, service.client("wallet") as wallet:
        owner = Owner(wallet, service.clock, account_id).enrol()
        body = {"code": owner.wrong_code()}
        for number in range(5):
            created = admin.post("/v1/clients", json={"name": f"wallet {number}", "role": "wallet"})
            service.credentials[f"wallet {number}"] = created.raise_for_status().json()
            headers = {"User-Agent": f"phone-{number}", "X-Forwarded-For": f"203.0.113.{number}"}
            with service.client(f"wallet {number}") as other:
                asks = [
                    partial(other.post, f"{owner.path}/two-factor/verify"),
                    partial(other.post, f"{owner.path}/recovery-codes"),
                    partial(other.request, "DELETE", f"{owner.path}/totp"),
                ]
                assert asks[number % 3](json=body, headers=headers).status_code == 403
        assert owner.verify().status_code == 429
    with service.work(write=False) as work:
        rejected = select(AuditEntry.actor_id, AuditEntry.address).where(
            AuditEntry.account_id == account_id, AuditEntry.action == "second_factor.rejected"
        )
        seen = work.session.execute(rejected).all()
    assert len({actor for actor, _ in seen}) == 5
    assert {address for _, address in seen} == {f"203.0.113.{number}" for number in range(5)}
    service.stop()


def test_a09_a_hundred_failures_over_days_disable_the_factor(service: Service, enrolled: Owner) -> None:
    for _ in range(20):
        assert enrolled.fail(5) == [403] * 5
        enrolled.clock.advance(timedelta(hours=5))
    answer = enrolled.verify()
    assert (answer.status_code, answer.json()["code"]) == (403, "factor_disabled")
    enrolled.clock.advance(timedelta(days=365))
    assert enrolled.verify().json()["code"] == "factor_disabled"
    assert enrolled.status()["state"] == "disabled"
    assert enrolled.wallet.post(f"{enrolled.path}/totp").status_code == 409
    assert kinds_told(service, enrolled.account_id)[-1] == "two_factor.disabled"


def test_a_disabled_factor_is_replaced_with_a_recovery_code(enrolled: Owner) -> None:
    """A stranger who guesses does not lock the owner out for good."""
    for _ in range(20):
        enrolled.fail(5)
        enrolled.clock.advance(timedelta(hours=1))
    answer = enrolled.verify(recovery_code=enrolled.recovery_codes[0])
    assert answer.json()["method"] == "recovery_code"
    assert enrolled.verify().json()["code"] == "factor_disabled"
    removal = {"recovery_code": enrolled.recovery_codes[1]}
    assert enrolled.wallet.request("DELETE", f"{enrolled.path}/totp", json=removal).status_code == 204
    assert enrolled.enrol().verify().status_code == 200


def test_a_recovery_code_is_accepted_while_a_strangers_guesses_block_the_factor(enrolled: Owner) -> None:
    enrolled.fail(5)
    assert enrolled.verify(recovery_code=enrolled.recovery_codes[0]).status_code == 200
    assert enrolled.verify().status_code == 200


def test_wrong_recovery_codes_count_and_are_blocked_as_well(enrolled: Owner) -> None:
    wrong = {"recovery_code": "AAAA-AAAA-AAAA-AAAA"}
    assert [enrolled.verify(**wrong).status_code for _ in range(7)] == [403] * 5 + [429] * 2
    assert enrolled.verify().status_code == 429


def test_a10_failures_on_one_account_move_no_other_counter(enrolled: Owner) -> None:
    """Whether nobody knows that account, or it has no factor, or one of its own."""
    unknown, blank, other = (
        Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-{name}")
        for name in ("unknown", "blank", "other")
    )
    blank.start()
    other.enrol()
    assert enrolled.fail(4) == [403] * 4
    for another in (unknown, blank, other):
        assert another.fail(4) == [403] * 4
    for one in (unknown, blank, other, enrolled):
        assert one.fail(2) == [403, 429]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a08_a_restart_forgets_no_failure(kind: str, tmp_path: Path, account_id: str) -> None:
    url = fresh_database(kind)
    before = Service(url, tmp_path)
    with before.client("wallet") as wallet:
        owner = Owner(wallet, before.clock, account_id).enrol()
        assert owner.fail(5) == [403] * 5
    before.stop()
    after = Service(url, tmp_path)
    after.credentials = before.credentials
    after.clock.now = before.clock.now
    with after.client("wallet") as wallet:
        owner.wallet, owner.clock = wallet, after.clock
        assert owner.verify().status_code == 429
        owner.clock.advance(timedelta(minutes=1))
        assert owner.fail(5) == [403] * 5
        assert owner.verify().headers["Retry-After"] == "120"
    after.stop()


def test_the_owner_is_told_of_the_first_block_only(service: Service, enrolled: Owner) -> None:
    """Who goes on guessing must not be able to flood the owner."""
    enrolled.fail(5)
    until = enrolled.clock.now + timedelta(minutes=1)
    for minutes in (1, 2, 4):
        enrolled.clock.advance(timedelta(minutes=minutes))
        enrolled.fail(5)
    locked = [payload for kind, payload in told(service, enrolled.account_id) if kind == "two_factor.locked"]
    assert [datetime.fromisoformat(payload["locked_until"]) for payload in locked] == [until]


def test_what_was_wrong_is_for_the_audit_alone(service: Service, enrolled: Owner) -> None:
    enrolled.next_step(3)
    assert enrolled.verify().status_code == 200
    bodies = []
    for code in (enrolled.wrong_code(), enrolled.code(), enrolled.code(-4), enrolled.code(1)):
        body = enrolled.verify(code).json()
        del body["request_id"]
        bodies.append(body)
    assert bodies == [bodies[0]] * 4
    facts = recorded(service, enrolled.account_id, "second_factor.rejected")
    assert [(fact["reason"], fact["drift_steps"]) for fact in facts] == [
        ("wrong", None),
        ("replayed", None),
        ("out_of_sync", -4),
        ("out_of_sync", 1),
    ]


def test_a_strangers_guesses_write_nothing_to_an_owner_without_a_factor(
    service: Service, owner: Owner
) -> None:
    owner.wallet.put(owner.path, json={"email": "li@example.com"}).raise_for_status()
    before = kinds_told(service, owner.account_id)
    assert owner.fail(100)[0] == 403
    assert kinds_told(service, owner.account_id) == before
