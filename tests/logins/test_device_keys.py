"""Which logins make a device known by its key, and how long that lasts."""

from __future__ import annotations

from datetime import timedelta

import httpx

from secmon.devices.proven import NONCES_KEPT, is_spent, with_used
from tests.cases import desk
from tests.logins.factories import LAGOS, login, takeover
from tests.logins.signing import Phone, Sign, nonce, recognised
from tests.logins.test_challenges import post, settle
from tests.service import START, Service

HOUR = timedelta(hours=1)


def test_R45_a_device_of_before_is_bound_by_its_first_proof(
    service: Service, wallet: httpx.Client, sign: Sign, account_id: str
) -> None:
    phone = Phone(service, wallet, sign, account_id)
    assert recognised(phone.log_in(device_proof=None)) == ("first", None)
    assert phone.bound() == [False]
    assert recognised(phone.log_in()) == ("known", "accepted")
    assert phone.bound() == [True]


def test_A71_who_is_only_challenged_registers_no_key(
    service: Service, wallet: httpx.Client, sign: Sign, account_id: str
) -> None:
    """A thief who has copied the id signs before the owner ever did."""
    owner, thief = (Phone(service, wallet, sign, account_id) for _ in range(2))
    for _ in range(20):
        owner.log_in(device_proof=None)
    there = {"ip": "198.51.100.9", "geo": LAGOS}
    stolen = thief.log_in(**there)
    assert stolen["alert_id"] is not None
    assert owner.bound() == [False]
    assert recognised(owner.log_in()) == ("known", "accepted")
    assert owner.bound() == [True]
    assert thief.log_in(**there)["device"]["recognition"] == "mismatched"


def test_R45_a_challenge_that_is_passed_registers_the_key(
    service: Service, wallet: httpx.Client, sign: Sign, account_id: str
) -> None:
    post(wallet, login(account_id))
    phone = Phone(service, wallet, sign, account_id)
    phone.device_id = f"strange-{account_id}"
    event = takeover(account_id, occurred_at=START.isoformat(), device_proof=phone.proof())
    judged = post(wallet, event)
    assert (judged["decision"], recognised(judged)) == ("challenge", ("new", "accepted"))
    assert phone.bound() == [False]
    settle(wallet, event).raise_for_status()
    assert sorted(phone.bound()) == [False, True]
    service.clock.advance(HOUR)
    again = post(wallet, takeover(account_id, occurred_at=service.clock.now.isoformat()))
    assert recognised(again) == ("mismatched", None)


def test_R45_a_restored_backup_is_a_device_of_its_own(
    bound: Phone, service: Service, wallet: httpx.Client, sign: Sign
) -> None:
    """It has the id, and made another key."""
    restored = Phone(service, wallet, sign, bound.account_id)
    service.clock.advance(HOUR)
    event = restored.event(device_proof=restored.proof())
    assert recognised(post(wallet, event)) == ("mismatched", "accepted")
    settle(wallet, event).raise_for_status()
    assert recognised(restored.log_in()) == ("known", "accepted")
    assert recognised(bound.log_in()) == ("known", "accepted")
    assert restored.log_in(device_proof=None)["device"]["recognition"] == "mismatched"


def test_A71_a_proof_of_the_owner_brings_no_id_back_without_its_key(bound: Phone) -> None:
    """Whoever passes a challenge without the key is let in, and the id alone is a copy as before."""
    bound.log_in(device_proof=None, amr=["pwd", "otp"])
    bound.service.clock.advance(HOUR)
    event = bound.event(ip="192.0.2.1", geo={"country": "CN", "asn": 9808})
    assert post(bound.wallet, event)["device"]["recognition"] == "mismatched"
    assert settle(bound.wallet, event).json()["challenge"]["proven"] is True
    assert bound.bound() == [True]
    assert bound.log_in(device_proof=None)["device"]["recognition"] == "mismatched"
    assert recognised(bound.log_in()) == ("known", "accepted")


def test_R45_a_forgotten_device_may_show_another_key(
    bound: Phone, service: Service, wallet: httpx.Client, sign: Sign
) -> None:
    wallet.delete(f"/v1/accounts/{bound.account_id}/devices/{bound.device_id}").raise_for_status()
    anew = Phone(service, wallet, sign, bound.account_id)
    answer = anew.log_in(amr=["pwd", "otp"])
    assert recognised(answer) == ("new", "accepted")
    assert anew.bound() == [True]


def test_R45_nonces_that_were_used_are_bounded() -> None:
    used: tuple[int, ...] = ()
    for number in range(100, 100 + 2 * NONCES_KEPT, 2):
        assert not is_spent(number, used)
        used = with_used(number, used)
    assert len(used) == NONCES_KEPT
    assert is_spent(100, used)
    assert is_spent(99, used)
    assert not is_spent(101, used)
    later = with_used(500, used)
    assert (len(later), is_spent(100, later)) == (NONCES_KEPT, True)


def test_R45_only_who_reports_logins_gets_nonces(wallet: httpx.Client, agent: httpx.Client) -> None:
    given = wallet.post("/v1/device-nonces")
    assert (given.status_code, given.headers["Cache-Control"]) == (201, "no-store")
    assert given.json()["expires_at"] == (START + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    assert given.json()["nonce"] != nonce(wallet)
    assert desk.code(agent.post("/v1/device-nonces")) == (403, "insufficient_scope")
