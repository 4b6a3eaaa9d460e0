"""A code is of now or of just before, and good once (R01, R02)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.twofactor.owner import Owner


def test_the_code_shown_now_is_accepted(enrolled: Owner) -> None:
    answer = enrolled.verify()
    assert answer.status_code == 200
    assert answer.json() == {"verdict": "accepted", "method": "totp", "recovery_codes_left": 10}


def test_the_code_shown_just_before_is_accepted(enrolled: Owner) -> None:
    enrolled.next_step()
    assert enrolled.verify(enrolled.code(-1)).status_code == 200


def test_a01_a_code_works_once(enrolled: Owner) -> None:
    code = enrolled.code()
    assert enrolled.verify(code).status_code == 200
    answer = enrolled.verify(code)
    assert (answer.status_code, answer.json()["code"]) == (403, "code_rejected")


def test_a02_accepted_steps_only_grow(enrolled: Owner) -> None:
    first = enrolled.code()
    assert enrolled.verify(first).status_code == 200
    enrolled.next_step()
    assert enrolled.verify().status_code == 200
    assert enrolled.verify(first).status_code == 403


def test_a_step_before_an_accepted_one_is_spent_with_it(enrolled: Owner) -> None:
    enrolled.next_step()
    assert enrolled.verify().status_code == 200
    assert enrolled.verify(enrolled.code(-1)).status_code == 403


@pytest.mark.parametrize("steps", [-2, 1])
def test_a05_older_and_future_codes_are_refused(enrolled: Owner, steps: int) -> None:
    enrolled.next_step(2)
    assert enrolled.verify(enrolled.code(steps)).status_code == 403


def test_f11_a_clock_set_back_replays_nothing(enrolled: Owner) -> None:
    code = enrolled.code()
    assert enrolled.verify(code).status_code == 200
    enrolled.clock.advance(timedelta(hours=-1))
    assert enrolled.verify(code).status_code == 403
    assert enrolled.verify().status_code == 403
    enrolled.clock.advance(timedelta(hours=1, seconds=30))
    assert enrolled.verify().status_code == 200


@pytest.mark.parametrize("jump", [timedelta(seconds=90), timedelta(days=365)])
def test_f11_a_clock_that_jumped_ahead_and_back_replays_nothing(enrolled: Owner, jump: timedelta) -> None:
    before = enrolled.code()
    assert enrolled.verify(before).status_code == 200
    enrolled.clock.advance(jump)
    ahead = enrolled.code()
    assert enrolled.verify(before).status_code == 403
    assert enrolled.verify(ahead).status_code == 200
    assert enrolled.verify(ahead).status_code == 403
    enrolled.clock.advance(-jump)
    assert enrolled.verify(before).status_code == 403


@pytest.mark.parametrize(
    "code",
    [
        "１２３４５６",
        "١٢٣٤٥٦",
        " 123456",
        "123 456",
        "12345\n",
        "123456\n",
        "12345",
        "1234567",
        "123456789",
        "-12345",
        "1e1000",
        "0x1234",
        "",
        123456,
        123456.0,
        True,
        None,
        ["123456"],
        [1, 2, 3, 4, 5, 6],
        {"code": "123456"},
    ],
)
def test_a04_what_is_no_string_of_six_or_eight_ascii_digits_is_422(enrolled: Owner, code: object) -> None:
    answer = enrolled.wallet.post(f"{enrolled.path}/two-factor/verify", json={"code": code})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/code"
    assert enrolled.verify().status_code == 200


def test_a_code_of_the_other_length_is_a_wrong_code(enrolled: Owner) -> None:
    """Some account may have such a factor; who has one is not told."""
    wrong, longer = enrolled.verify(enrolled.wrong_code()), enrolled.verify(enrolled.code() + "00")
    assert (wrong.status_code, longer.status_code) == (403, 403)
    assert longer.json() == wrong.json() | {"request_id": longer.json()["request_id"]}
    assert enrolled.fail(3) == [403] * 3
    assert enrolled.verify().status_code == 429


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event_id": "evt-1"},
        {"code": "123456", "recovery_code": "AAAA-AAAA-AAAA-AAAA"},
        {"code": "123456", "trusted": True},
        {"recovery_code": 5},
        {"recovery_code": ""},
        {"recovery_code": "A" * 65},
        {"code": "123456", "event_id": "no such id"},
    ],
)
def test_a_malformed_body_is_422_and_counts_nothing(enrolled: Owner, body: dict[str, object]) -> None:
    for _ in range(6):
        answer = enrolled.wallet.post(f"{enrolled.path}/two-factor/verify", json=body)
        assert answer.status_code == 422
    assert enrolled.verify().status_code == 200


def test_a10_a_blank_account_is_no_account(enrolled: Owner) -> None:
    for blank in ("", "%20", "%00", "a%2Fb"):
        answer = enrolled.wallet.post(f"/v1/accounts/{blank}/two-factor/verify", json={"code": "123456"})
        assert answer.status_code == 404
    assert enrolled.verify().status_code == 200
