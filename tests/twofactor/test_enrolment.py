"""R03, R09: seeds of 160 bits; an enrolment waits ten minutes for a code, works once, is no factor before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.service import Service
from tests.twofactor import qr
from tests.twofactor.owner import Owner
from tests.twofactor.traces import recorded, told


def test_the_answer_is_all_that_an_authenticator_needs(owner: Owner) -> None:
    started = owner.start()
    assert owner.authenticator is not None
    assert owner.authenticator.account == owner.account_id
    assert len(owner.authenticator.seed) == 20
    assert started["secret"] in started["otpauth_uri"]
    assert qr.read(started["qr_svg"]) == started["otpauth_uri"]
    expires_at = datetime.fromisoformat(started["expires_at"])
    assert expires_at == owner.clock.now + timedelta(minutes=10)


def test_what_is_shown_once_is_kept_by_nobody_on_the_way(owner: Owner) -> None:
    answer = owner.wallet.post(f"{owner.path}/totp")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")


def test_a_lost_answer_is_given_again_under_its_idempotency_key(owner: Owner) -> None:
    key = {"Idempotency-Key": owner.account_id}
    started = owner.start(headers=key)
    assert owner.start(headers=key) == started
    body = {"enrolment_id": started["enrolment_id"], "code": owner.code()}
    key = {"Idempotency-Key": f"{owner.account_id}-confirm"}
    answers = [owner.wallet.post(f"{owner.path}/totp/confirm", json=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 2


def test_a33_a_key_that_was_answered_for_one_account_shows_its_seed_to_no_other(owner: Owner) -> None:
    """The bodies are the same, there is none: the address makes them two requests."""
    key = {"Idempotency-Key": owner.account_id}
    owner.start(headers=key)
    answer = owner.wallet.post(f"{owner.path}-other/totp", headers=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_confirmed_factor_comes_with_ten_recovery_codes(owner: Owner) -> None:
    owner.enrol()
    assert len(set(owner.recovery_codes)) == 10
    assert owner.status() == {
        "enabled": True,
        "state": "active",
        "methods": ["totp"],
        "recovery_codes_left": 10,
        "locked_until": None,
    }


def test_an_unconfirmed_enrolment_is_no_factor(owner: Owner) -> None:
    owner.start()
    assert owner.status()["enabled"] is False
    assert owner.status()["methods"] == []
    assert owner.verify().status_code == 403


def test_the_code_that_confirms_is_spent(owner: Owner) -> None:
    started = owner.start()
    code = owner.code()
    assert owner.confirm(started["enrolment_id"], code).status_code == 200
    assert owner.verify(code).json()["code"] == "code_rejected"


def test_a_second_start_voids_the_first(owner: Owner) -> None:
    first = owner.start()
    code_of_first = owner.code()
    second = owner.start()
    answer = owner.confirm(first["enrolment_id"], code_of_first)
    assert (answer.status_code, answer.json()["code"]) == (404, "enrolment_unknown")
    assert owner.confirm(second["enrolment_id"], code_of_first).status_code == 403
    assert owner.confirm(second["enrolment_id"], owner.code()).status_code == 200


def test_a38_an_enrolment_is_over_after_ten_minutes_without_any_worker(owner: Owner) -> None:
    started = owner.start()
    owner.clock.advance(timedelta(minutes=10))
    assert owner.confirm(started["enrolment_id"], owner.code()).status_code == 404


def test_an_enrolment_works_once(owner: Owner) -> None:
    started = owner.start()
    assert owner.confirm(started["enrolment_id"], owner.code()).status_code == 200
    owner.next_step()
    assert owner.confirm(started["enrolment_id"], owner.code()).status_code == 404


def test_a_wrong_code_leaves_the_enrolment_waiting(owner: Owner) -> None:
    started = owner.start()
    answer = owner.confirm(started["enrolment_id"], owner.wrong_code())
    assert (answer.status_code, answer.json()["code"]) == (403, "code_rejected")
    assert owner.confirm(started["enrolment_id"], owner.code()).status_code == 200


def test_a_phone_whose_clock_is_off_is_noted_at_its_first_code_and_refused_like_any(
    service: Service, owner: Owner
) -> None:
    started = owner.start()
    answers = [owner.confirm(started["enrolment_id"], code) for code in (owner.wrong_code(), owner.code(-4))]
    bodies = [{**answer.json(), "request_id": None} for answer in answers]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert bodies[0] == bodies[1]
    assert recorded(service, owner.account_id, "second_factor.rejected") == [
        {"method": "totp", "reason": "out_of_sync", "drift_steps": -4}
    ]
    assert owner.confirm(started["enrolment_id"], owner.code()).status_code == 200


def test_an_enrolment_is_told_to_the_owner_and_recorded(service: Service, owner: Owner) -> None:
    """R08: so that nobody else's authenticator comes in unnoticed."""
    started = owner.start()
    owner.confirm(started["enrolment_id"], owner.wrong_code())
    assert (told(service, owner.account_id), recorded(service, owner.account_id, "two_factor.enrolled")) == (
        [],
        [],
    )
    owner.confirm(started["enrolment_id"], owner.code())
    held, enrolled = told(service, owner.account_id)
    assert (held[0], held[1]["reason"]) == ("account.restricted", "factor_changed")
    assert enrolled == ("two_factor.enrolled", {"method": "totp"})
    assert recorded(service, owner.account_id, "two_factor.enrolled") == [{}]


def test_a11_an_enrolment_is_confirmed_under_its_own_account_only(owner: Owner) -> None:
    started = owner.start()
    other = Owner(owner.wallet, owner.clock, f"{owner.account_id}-other")
    assert other.confirm(started["enrolment_id"], owner.code()).status_code == 404
    other.start()
    assert other.confirm(started["enrolment_id"], owner.code()).status_code == 404
    assert owner.confirm(started["enrolment_id"], owner.code()).status_code == 200


def test_a12_an_active_factor_is_not_enrolled_over(enrolled: Owner) -> None:
    answer = enrolled.wallet.post(f"{enrolled.path}/totp")
    assert (answer.status_code, answer.json()["code"]) == (409, "factor_active")
    enrolled.fail(5)
    assert enrolled.wallet.post(f"{enrolled.path}/totp").status_code == 409


def test_a_new_enrolment_ends_the_failures_counted_before(owner: Owner) -> None:
    owner.fail(5)
    assert owner.verify("000000").status_code == 429
    owner.enrol()
    assert owner.verify().status_code == 200


@pytest.mark.parametrize("body", [{}, {"code": "123456"}, {"enrolment_id": "x", "code": "123456"}])
def test_a_malformed_confirmation_is_422(owner: Owner, body: dict[str, str]) -> None:
    assert owner.wallet.post(f"{owner.path}/totp/confirm", json=body).status_code == 422
