"""Recovery codes: each once, a set at a time, and the owner hears of every use."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from secmon.twofactor.models import RecoveryCode, RecoveryCodeSet
from tests.service import Service
from tests.twofactor.owner import Owner
from tests.twofactor.traces import kinds_told, recorded, told


def _renew(owner: Owner, code: str) -> httpx.Response:
    return owner.wallet.post(f"{owner.path}/recovery-codes", json={"code": code})


def test_a_recovery_code_is_accepted_and_named_as_such(enrolled: Owner) -> None:
    answer = enrolled.verify(recovery_code=enrolled.recovery_codes[3])
    assert answer.json() == {"verdict": "accepted", "method": "recovery_code", "recovery_codes_left": 9}
    assert enrolled.status()["recovery_codes_left"] == 9


def test_a_recovery_code_works_once(enrolled: Owner) -> None:
    code = enrolled.recovery_codes[0]
    assert enrolled.verify(recovery_code=code).status_code == 200
    answer = enrolled.verify(recovery_code=code)
    assert (answer.status_code, answer.json()["code"]) == (403, "code_rejected")


@pytest.mark.parametrize(
    "retype", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("-", "")]
)
def test_a_recovery_code_is_read_as_people_type_it(enrolled: Owner, retype) -> None:
    assert enrolled.verify(recovery_code=retype(enrolled.recovery_codes[0])).status_code == 200


def test_all_ten_work_and_an_eleventh_does_not(enrolled: Owner) -> None:
    left = [
        enrolled.verify(recovery_code=code).json()["recovery_codes_left"] for code in enrolled.recovery_codes
    ]
    assert left == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert enrolled.verify(recovery_code=enrolled.recovery_codes[0]).status_code == 403


def test_another_accounts_recovery_code_is_worth_nothing(enrolled: Owner) -> None:
    other = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-other").enrol()
    assert other.verify(recovery_code=enrolled.recovery_codes[0]).status_code == 403


def test_r11_the_owner_hears_of_every_use_and_is_warned_at_three(service: Service, enrolled: Owner) -> None:
    for code in enrolled.recovery_codes[:8]:
        enrolled.verify(recovery_code=code)
    messages = [
        message for message in told(service, enrolled.account_id) if message[0].startswith("recovery")
    ]
    used = [payload["left"] for kind, payload in messages if kind == "recovery_code.used"]
    low = [payload for kind, payload in messages if kind == "recovery_codes.low"]
    assert (used, low) == ([9, 8, 7, 6, 5, 4, 3, 2], [{"left": 3}])


def test_a15_new_codes_kill_all_old_ones(service: Service, enrolled: Owner) -> None:
    assert enrolled.verify(recovery_code=enrolled.recovery_codes[0]).status_code == 200
    answer = _renew(enrolled, enrolled.code())
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    fresh = answer.json()["recovery_codes"]
    assert len(fresh) == 10
    assert not set(fresh) & set(enrolled.recovery_codes)
    for number, old in enumerate(enrolled.recovery_codes):
        assert enrolled.verify(recovery_code=old).status_code in {403, 429}
        enrolled.clock.advance(timedelta(minutes=1 + number))
    assert enrolled.verify(recovery_code=fresh[0]).json()["recovery_codes_left"] == 9
    assert kinds_told(service, enrolled.account_id).count("recovery_codes.renewed") == 1
    assert recorded(service, enrolled.account_id, "recovery_codes.renewed") == [{}]


def test_new_codes_take_a_code_and_spend_it(enrolled: Owner) -> None:
    code = enrolled.code()
    assert _renew(enrolled, enrolled.wrong_code()).json()["code"] == "code_rejected"
    assert _renew(enrolled, code).status_code == 200
    assert _renew(enrolled, code).status_code == 403
    assert enrolled.verify(code).status_code == 403


def test_a_recovery_code_does_not_make_new_ones(enrolled: Owner) -> None:
    body = {"recovery_code": enrolled.recovery_codes[0]}
    assert enrolled.wallet.post(f"{enrolled.path}/recovery-codes", json=body).status_code == 422


def test_r10_the_database_holds_neither_codes_nor_what_they_could_be_tried_against(
    service: Service, enrolled: Owner
) -> None:
    """Keyed hashes; their key is sealed, so a copy of the database alone tells nothing."""
    with service.work(write=False) as work:
        digests = work.session.scalars(
            select(RecoveryCode.digest).where(RecoveryCode.account_id == enrolled.account_id)
        ).all()
        row = work.session.get_one(RecoveryCodeSet, enrolled.account_id)
    assert [len(digest) for digest in digests] == [32] * 10
    assert service.settings.keys.key_of(row.recovery_key) == "test"
