"""A51: a seed or a recovery code that was used, renewed, confirmed or erased is shown to nobody again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.cases import desk
from tests.twofactor.owner import Owner

GONE = (409, "not_shown_again")


class Keyed:
    """The requests of an owner that are answered with secrets, each under a key of its own."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.confirmation: dict[str, Any] = {}

    def _post(self, path: str, **body: Any) -> httpx.Response:
        headers = {"Idempotency-Key": f"{path}-{self.owner.account_id}"}
        return self.owner.wallet.post(f"{self.owner.path}/{path}", headers=headers, **body)

    def start(self) -> httpx.Response:
        return self._post("totp")

    def confirm(self) -> httpx.Response:
        return self._post("totp/confirm", json=self.confirmation)

    def renew(self, code: str) -> httpx.Response:
        return self._post("recovery-codes", json={"code": code})


@pytest.fixture
def keyed(owner: Owner) -> Keyed:
    """Started; not confirmed yet."""
    keyed = Keyed(owner)
    started = owner.scan(keyed.start().raise_for_status().json())
    keyed.confirmation = {"enrolment_id": started["enrolment_id"], "code": owner.code()}
    return keyed


def test_A51_an_answer_that_was_lost_is_given_while_its_secret_is_good(owner: Owner, keyed: Keyed) -> None:
    assert keyed.start().headers["Idempotency-Replayed"] == "true"
    first = keyed.confirm().raise_for_status()
    assert keyed.confirm().json() == first.json()
    owner.next_step()
    code = owner.code()
    assert keyed.renew(code).raise_for_status().json() == keyed.renew(code).json()


def test_A51_a_confirmed_seed_is_not_shown_again(keyed: Keyed) -> None:
    keyed.confirm().raise_for_status()
    assert desk.code(keyed.start()) == GONE


def test_A51_a_seed_that_is_void_or_expired_is_not_shown_again(owner: Owner, keyed: Keyed) -> None:
    owner.clock.advance(timedelta(minutes=10))
    assert desk.code(keyed.start()) == GONE
    other = owner.start()
    assert desk.code(keyed.start()) == GONE
    assert owner.confirm(other["enrolment_id"], owner.code()).status_code == 200


@pytest.mark.parametrize("end", ["used", "renewed", "removed"])
def test_A51_recovery_codes_are_not_shown_again_once_they_were_of_use(
    owner: Owner, keyed: Keyed, end: str
) -> None:
    codes = keyed.confirm().raise_for_status().json()["recovery_codes"]
    owner.next_step()
    match end:
        case "used":
            assert owner.verify(recovery_code=codes[0]).status_code == 200
        case "renewed":
            code = owner.code()
            fresh = keyed.renew(code).raise_for_status().json()["recovery_codes"]
            assert owner.verify(recovery_code=fresh[0]).status_code == 200
            assert desk.code(keyed.renew(code)) == GONE
        case "removed":
            body = {"code": owner.code()}
            assert owner.wallet.request("DELETE", f"{owner.path}/totp", json=body).status_code == 204
    assert desk.code(keyed.confirm()) == GONE


def test_A51_after_an_erasure_nothing_that_was_shown_is_shown_again(owner: Owner, keyed: Keyed) -> None:
    first = keyed.start().json()
    codes = keyed.confirm().raise_for_status().json()["recovery_codes"]
    assert owner.wallet.delete(owner.path).status_code == 204
    assert desk.code(keyed.confirm()) == (404, "enrolment_unknown")
    started = keyed.start()
    assert started.status_code == 201
    assert "Idempotency-Replayed" not in started.headers
    for secret in (first["secret"], first["enrolment_id"], codes[0]):
        assert secret not in started.text


def test_a_refusal_is_given_again_and_counted_once(owner: Owner, keyed: Keyed) -> None:
    keyed.confirm().raise_for_status()
    wrong = owner.wrong_code()
    refused = [keyed.renew(wrong) for _ in range(6)]
    assert [answer.status_code for answer in refused] == [403] * 6
    owner.next_step()
    assert owner.fail(4) == [403] * 4
    assert owner.fail(1) == [429]
