"""What proves that a login is its owner's, what is only recorded, and for how long a login may be proven."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from secmon.logins.schemas import PROOF_METHODS
from secmon.risk.proofs import BIOMETRIC_METHODS, POSSESSION_METHODS, proving
from secmon.risk.shipped import DEFAULT_POLICY
from tests.cases import desk
from tests.logins.factories import login, takeover
from tests.logins.test_challenges import challenged, known_devices, post, settle
from tests.service import START, Service

NOTHING = ("geo", "kba", "mca", "pin", "pwd", "rba", "user", "wia")
DAY = timedelta(days=1)


@pytest.fixture
def server_side(service: Service) -> Iterator[None]:
    """The policy says that the wallet's own server compares faces and fingers; then it says so no more."""
    set_biometrics(service, server_side=True)
    yield
    set_biometrics(service, server_side=False)


@pytest.fixture
def no_phone_codes(service: Service) -> Iterator[None]:
    """The policy takes nothing that went to a number for a proof; then it does again."""
    set_policy(service, phone_codes=False)
    yield
    set_policy(service, phone_codes=True)


def set_biometrics(service: Service, *, server_side: bool) -> None:
    set_policy(service, server_side_biometrics=server_side)


def set_policy(service: Service, **switches: bool) -> None:
    with service.client("admin") as admin:
        tag = admin.get("/v1/risk-policy").headers["ETag"]
        document = DEFAULT_POLICY.to_document() | switches
        answer = admin.put("/v1/risk-policy", json={"document": document}, headers={"If-Match": tag})
        answer.raise_for_status()


def challenged_now(wallet: httpx.Client, account_id: str) -> dict[str, Any]:
    """As `challenged`, the login just now."""
    post(wallet, login(account_id))
    event = takeover(account_id, occurred_at=START.isoformat())
    assert post(wallet, event)["decision"] == "challenge"
    return event


def test_every_method_that_a_challenge_may_name_proves_or_does_not() -> None:
    assert set(PROOF_METHODS) == {*POSSESSION_METHODS, *BIOMETRIC_METHODS, *NOTHING}
    assert proving(PROOF_METHODS, server_side_biometrics=False) == POSSESSION_METHODS
    assert proving(PROOF_METHODS, server_side_biometrics=True) == POSSESSION_METHODS | BIOMETRIC_METHODS


@pytest.mark.parametrize("method", [*NOTHING, *sorted(BIOMETRIC_METHODS)])
def test_A69_what_a_thief_has_or_can_look_up_proves_nothing(
    wallet: httpx.Client, account_id: str, method: str
) -> None:
    event = challenged(wallet, account_id)
    settled = settle(wallet, event, method=method).raise_for_status().json()
    assert settled["decision"] == "challenge"
    assert settled["required_actions"] == ["second_factor"]
    assert settled["challenge"] == {"outcome": "passed", "proven": False}
    assert known_devices(wallet, account_id) == known_devices(wallet, account_id) - {event["device_id"]}
    assert len(known_devices(wallet, account_id)) == 1
    again = post(wallet, takeover(account_id, after=timedelta(hours=1)))
    assert (again["decision"], again["device"]["recognition"]) == ("challenge", "new")


@pytest.mark.parametrize("method", sorted(POSSESSION_METHODS))
def test_R43_possession_proves(wallet: httpx.Client, account_id: str, method: str) -> None:
    event = challenged(wallet, account_id)
    settled = settle(wallet, event, method=method).raise_for_status().json()
    assert (settled["decision"], settled["challenge"]["proven"]) == ("allow", True)
    assert len(known_devices(wallet, account_id)) == 2


@pytest.mark.usefixtures("no_phone_codes")
@pytest.mark.parametrize("method", ["sms", "tel"])
def test_what_goes_to_a_number_proves_nothing_where_the_policy_says_so(
    wallet: httpx.Client, account_id: str, method: str
) -> None:
    event = challenged_now(wallet, account_id)
    settled = settle(wallet, event, method=method).raise_for_status().json()
    assert settled["challenge"] == {"outcome": "passed", "proven": False}
    told = takeover(account_id, occurred_at=START.isoformat(), amr=["pwd", method], device_id="another")
    assert post(wallet, told)["decision"] == "challenge"
    assert settle(wallet, event).json()["decision"] == "allow"


@pytest.mark.usefixtures("server_side")
@pytest.mark.parametrize("method", sorted(BIOMETRIC_METHODS))
def test_R43_a_face_proves_where_the_wallets_own_server_compares_it(
    wallet: httpx.Client, account_id: str, method: str
) -> None:
    event = challenged(wallet, account_id)
    assert settle(wallet, event, method=method).json()["challenge"]["proven"] is True
    amr = post(wallet, takeover(account_id, after=timedelta(hours=9), device_id="other", amr=["pwd", method]))
    assert "proven_by_second_factor" in {signal["code"] for signal in amr["risk"]["signals"]}


def test_R43_a_switch_of_the_policy_holds_for_challenges_of_before(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    set_biometrics(service, server_side=True)
    event = challenged(wallet, account_id)
    set_biometrics(service, server_side=False)
    assert settle(wallet, event, method="face").json()["challenge"]["proven"] is False


@pytest.mark.parametrize("method", [*NOTHING, *sorted(BIOMETRIC_METHODS)])
def test_A69_no_amr_of_a_password_lets_a_stranger_in(
    wallet: httpx.Client, account_id: str, method: str
) -> None:
    post(wallet, login(account_id))
    answer = post(wallet, takeover(account_id, amr=["pwd", method]))
    assert answer["decision"] == "challenge"
    assert len(known_devices(wallet, account_id)) == 1


def test_A69_what_proved_nothing_hides_no_failure(wallet: httpx.Client, account_id: str) -> None:
    """A thief who knows the password passes that, and fails at the code."""
    event = challenged(wallet, account_id)
    settle(wallet, event, method="pwd").raise_for_status()
    failed = settle(wallet, event, outcome="failed", method="otp").raise_for_status().json()
    assert (failed["decision"], failed["challenge"]) == ("deny", {"outcome": "failed", "proven": False})
    assert desk.code(settle(wallet, event)) == (409, "challenge_settled")


def test_R43_proven_after_what_proved_nothing(wallet: httpx.Client, account_id: str) -> None:
    event = challenged(wallet, account_id)
    settle(wallet, event, method="kba").raise_for_status()
    assert settle(wallet, event, method="otp").json()["decision"] == "allow"
    again = settle(wallet, event, method="kba").json()
    assert (again["decision"], again["challenge"]["proven"]) == ("allow", True)


@pytest.mark.parametrize(("later", "status"), [(DAY, 200), (DAY + timedelta(seconds=1), 409)])
def test_R43_a_proof_settles_a_login_of_the_last_day(
    service: Service, wallet: httpx.Client, account_id: str, later: timedelta, status: int
) -> None:
    event = challenged_now(wallet, account_id)
    service.clock.advance(later)
    answer = settle(wallet, event)
    assert answer.status_code == status
    assert answer.json().get("code") == (None if status == 200 else "challenge_expired")
    assert len(known_devices(wallet, account_id)) == (2 if status == 200 else 1)


def test_R43_a_proof_dated_back_comes_too_late_all_the_same(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    event = challenged_now(wallet, account_id)
    service.clock.advance(timedelta(hours=25))
    said = settle(wallet, event, occurred_at=(START + timedelta(minutes=1)).isoformat())
    assert desk.code(said) == (409, "challenge_expired")
    assert len(known_devices(wallet, account_id)) == 1


def test_R43_a_late_login_is_proven_by_what_was_done_around_it(wallet: httpx.Client, account_id: str) -> None:
    """A wallet that was cut off for days tells of a login and its challenge at once."""
    post(wallet, login(account_id, after=-timedelta(days=5)))
    event = takeover(account_id, after=-timedelta(days=2))
    assert post(wallet, event)["decision"] == "challenge"
    assert desk.code(settle(wallet, event)) == (409, "challenge_expired")
    soon = datetime.fromisoformat(event["occurred_at"]) + timedelta(minutes=1)
    assert settle(wallet, event, occurred_at=soon.isoformat()).json()["decision"] == "allow"


def test_R43_a_failure_counts_however_late_it_is_told(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    event = challenged_now(wallet, account_id)
    service.clock.advance(timedelta(days=3))
    assert settle(wallet, event, outcome="failed").json()["decision"] == "deny"


def test_R43_what_is_settled_is_answered_later_too(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    event = challenged_now(wallet, account_id)
    settle(wallet, event).raise_for_status()
    service.clock.advance(timedelta(days=3))
    assert settle(wallet, event).json()["decision"] == "allow"


def test_R43_nobody_proves_a_login_before_it_was(wallet: httpx.Client, account_id: str) -> None:
    event = challenged(wallet, account_id)
    before = datetime.fromisoformat(event["occurred_at"]) - timedelta(seconds=1)
    answer = settle(wallet, event, occurred_at=before.isoformat())
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/occurred_at")
    (stored, _) = wallet.get(f"/v1/accounts/{account_id}/login-events").json()["items"]
    assert (stored["challenge"], stored["challenge_proven"]) == (None, None)


def test_R43_a_login_of_a_clock_ahead_of_ours_may_be_proven_now(
    wallet: httpx.Client, account_id: str
) -> None:
    post(wallet, login(account_id))
    event = takeover(account_id, occurred_at=(START + timedelta(minutes=4)).isoformat())
    assert post(wallet, event)["decision"] == "challenge"
    assert settle(wallet, event).json()["decision"] == "allow"
