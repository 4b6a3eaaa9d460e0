"""A device that has shown its key is known by it: its id alone is a copy."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from secmon.devices.device_proof import TYPE
from secmon.devices.proven import NONCES_KEPT, is_spent, with_used
from tests.cases import desk
from tests.logins.factories import LAGOS, login, takeover
from tests.logins.test_challenges import post, settle
from tests.service import START, Service

HOUR = timedelta(hours=1)
DOCUMENT = Path(__file__).parents[2] / "docs" / "device-proof.md"
Sign = Callable[[Any, str, str, str], str]


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the sample in the documentation defines."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    sample = tmp_path_factory.mktemp("app") / "sample.py"
    sample.write_text(code, "utf-8")
    return runpy.run_path(str(sample))


@pytest.fixture
def sign(documented: dict[str, Any]) -> Sign:
    sample: Sign = documented["device_proof"]
    return sample


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def nonce(wallet: httpx.Client) -> str:
    given: str = wallet.post("/v1/device-nonces").raise_for_status().json()["nonce"]
    return given


class Phone:
    """An app that signs; its logins are made now."""

    def __init__(self, service: Service, wallet: httpx.Client, sign: Sign, account_id: str) -> None:
        self.service, self.wallet, self.account_id = service, wallet, account_id
        self.key: Any = ec.generate_private_key(ec.SECP256R1())
        self.device_id = f"ins-{account_id}"
        self._sign = sign

    def proof(self, given: str | None = None, **other: str) -> str:
        said = {"account_id": self.account_id, "device_id": self.device_id, **other}
        return self._sign(self.key, given or nonce(self.wallet), said["account_id"], said["device_id"])

    def event(self, **changes: Any) -> dict[str, Any]:
        return login(self.account_id, **{"occurred_at": self.service.clock.now.isoformat(), **changes})

    def log_in(self, **changes: Any) -> dict[str, Any]:
        """With a proof, unless told otherwise; some minutes after the one before."""
        self.service.clock.advance(timedelta(minutes=10))
        return post(self.wallet, self.event(**{"device_proof": self.proof(), **changes}))

    def bound(self) -> list[bool]:
        listed = self.wallet.get(f"/v1/accounts/{self.account_id}/devices").json()["items"]
        return [device["bound"] for device in listed]


@pytest.fixture
def owner(service: Service, wallet: httpx.Client, sign: Sign, account_id: str) -> Phone:
    """A phone that has shown its key."""
    found = Phone(service, wallet, sign, account_id)
    assert found.log_in()["device"]["proof"] == "accepted"
    assert found.bound() == [True]
    return found


def recognised(answer: dict[str, Any]) -> tuple[str, str | None]:
    return answer["device"]["recognition"], answer["device"]["proof"]


def test_A71_a_copied_id_without_the_key_is_a_mismatch(owner: Phone) -> None:
    copied = owner.log_in(device_proof=None)
    assert recognised(copied) == ("mismatched", None)
    assert copied["alert_id"] is not None
    assert owner.log_in(device_proof=None)["device"]["recognition"] == "mismatched"
    away = owner.log_in(device_proof=None, ip="192.0.2.1", geo={"country": "CN", "asn": 9808})
    assert (away["decision"], away["device"]["recognition"]) == ("challenge", "mismatched")
    assert recognised(owner.log_in()) == ("known", "accepted")


def test_A71_nor_is_one_by_another_key(owner: Phone, sign: Sign, key: Any) -> None:
    stranger = sign(key, nonce(owner.wallet), owner.account_id, owner.device_id)
    assert owner.log_in(device_proof=stranger)["device"]["recognition"] == "mismatched"
    assert recognised(owner.log_in()) == ("known", "accepted")


def test_A71_a_proof_is_good_once(owner: Phone) -> None:
    proof = owner.proof()
    first, again = owner.event(device_proof=proof), owner.event(device_proof=proof)
    assert recognised(post(owner.wallet, first)) == ("known", "accepted")
    assert recognised(post(owner.wallet, again)) == ("mismatched", "refused")
    assert owner.wallet.post("/v1/login-events", json=first).status_code == 200


def test_A71_a_proof_of_a_challenged_login_is_spent_too(owner: Phone) -> None:
    proof = owner.proof()
    post(owner.wallet, owner.event(device_proof=proof, geo=LAGOS, ip="198.51.100.9"))
    assert recognised(post(owner.wallet, owner.event(device_proof=proof))) == ("mismatched", "refused")


def test_A71_and_within_one_batch(owner: Phone) -> None:
    proof = owner.proof()
    events = [owner.event(device_proof=proof), owner.event(device_proof=proof), owner.event()]
    answer = owner.wallet.post("/v1/login-events/batch", json={"events": events}).raise_for_status().json()
    assert [recognised(one["assessment"]) for one in answer["results"]] == [
        ("known", "accepted"),
        ("mismatched", "refused"),
        ("mismatched", None),
    ]
    assert recognised(post(owner.wallet, owner.event(device_proof=proof))) == ("mismatched", "refused")


@pytest.mark.parametrize("other", [{"account_id": "acct-other"}, {"device_id": "ins-other"}])
def test_A71_a_proof_is_of_one_account_and_install(owner: Phone, other: dict[str, str]) -> None:
    assert recognised(owner.log_in(device_proof=owner.proof(**other))) == ("mismatched", "refused")


@pytest.mark.parametrize(("minutes", "found"), [(5, "known"), (6, "mismatched")])
def test_A71_a_nonce_is_good_for_minutes(owner: Phone, minutes: int, found: str) -> None:
    given = nonce(owner.wallet)
    owner.service.clock.advance(timedelta(minutes=minutes))
    assert post(owner.wallet, owner.event(device_proof=owner.proof(given)))["device"]["recognition"] == found


@pytest.mark.parametrize("given", ["", "no nonce", "A" * 38, "ü", "=", "AAAA"])
def test_A71_nobody_makes_up_a_nonce(owner: Phone, given: str) -> None:
    assert recognised(owner.log_in(device_proof=owner.proof(given or "x"))) == ("mismatched", "refused")


def test_A71_an_assessment_asks_for_the_key_and_uses_nothing_up(owner: Phone) -> None:
    event = owner.event(device_proof=owner.proof())
    asked = {name: value for name, value in event.items() if name not in ("event_id", "outcome")}
    for _ in range(2):
        answer = owner.wallet.post("/v1/risk-assessments", json=asked).raise_for_status().json()
        assert recognised(answer) == ("known", "accepted")
    del asked["device_proof"]
    answer = owner.wallet.post("/v1/risk-assessments", json=asked).raise_for_status().json()
    assert recognised(answer) == ("mismatched", None)
    assert recognised(post(owner.wallet, event)) == ("known", "accepted")


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
    owner: Phone, service: Service, wallet: httpx.Client, sign: Sign
) -> None:
    """It has the id, and made another key."""
    restored = Phone(service, wallet, sign, owner.account_id)
    service.clock.advance(HOUR)
    event = restored.event(device_proof=restored.proof())
    assert recognised(post(wallet, event)) == ("mismatched", "accepted")
    settle(wallet, event).raise_for_status()
    assert recognised(restored.log_in()) == ("known", "accepted")
    assert recognised(owner.log_in()) == ("known", "accepted")
    assert restored.log_in(device_proof=None)["device"]["recognition"] == "mismatched"


def test_A71_a_proof_of_the_owner_brings_no_id_back_without_its_key(owner: Phone) -> None:
    """Whoever passes a challenge without the key is let in, and the id alone is a copy as before."""
    owner.log_in(device_proof=None, amr=["pwd", "otp"])
    owner.service.clock.advance(HOUR)
    event = owner.event(ip="192.0.2.1", geo={"country": "CN", "asn": 9808})
    assert post(owner.wallet, event)["device"]["recognition"] == "mismatched"
    assert settle(owner.wallet, event).json()["challenge"]["proven"] is True
    assert owner.bound() == [True]
    assert owner.log_in(device_proof=None)["device"]["recognition"] == "mismatched"
    assert recognised(owner.log_in()) == ("known", "accepted")


def test_R45_a_forgotten_device_may_show_another_key(
    owner: Phone, service: Service, wallet: httpx.Client, sign: Sign
) -> None:
    wallet.delete(f"/v1/accounts/{owner.account_id}/devices/{owner.device_id}").raise_for_status()
    anew = Phone(service, wallet, sign, owner.account_id)
    answer = anew.log_in(amr=["pwd", "otp"])
    assert recognised(answer) == ("new", "accepted")
    assert anew.bound() == [True]


def test_R45_logins_come_in_late_and_out_of_order(owner: Phone) -> None:
    events = []
    for _ in range(4):
        owner.service.clock.advance(timedelta(minutes=10))
        events.append(owner.event(device_proof=owner.proof()))
    owner.service.clock.advance(timedelta(days=2))
    for event in reversed(events):
        assert recognised(post(owner.wallet, event)) == ("known", "accepted")


@pytest.mark.parametrize(
    "kind", ["text", "parts", "no jwk", "typ", "alg", "curve", "private", "header", "no device_id", "point"]
)
def test_R45_what_is_no_proof_is_refused(owner: Phone, kind: str) -> None:
    proof, changes = malformed(kind), {"device_id": None} if kind == "no device_id" else {}
    answer = owner.wallet.post("/v1/login-events", json=owner.event(device_proof=proof, **changes))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/device_proof")
    results = owner.wallet.post(
        "/v1/login-events/batch", json={"events": [owner.event(device_proof=proof, **changes)]}
    )
    assert results.json()["results"][0]["status"] == "invalid"


def malformed(kind: str) -> str:
    plain = {"text": "x", "parts": "a.b", "header": "W10.e30.AAAA"}
    if kind in plain:
        return plain[kind]
    key = ECKey.generate_key("P-384" if kind == "curve" else "P-256")
    public: dict[str, Any] = key.as_dict(private=kind == "private")
    header: dict[str, Any] = {"alg": "ES384" if kind == "curve" else "ES256", "typ": TYPE, "jwk": public}
    if kind == "no jwk":
        del header["jwk"]
    if kind == "typ":
        header["typ"] = "dpop+jwt"
    if kind == "point":
        header["jwk"] = {**public, "x": public["y"]}
    if kind == "alg":
        header["alg"] = "HS256"
        return jws.serialize_compact(header, b"{}", OctKey.generate_key(256), algorithms=["HS256"])
    return jws.serialize_compact(header, b"{}", key, algorithms=["ES256", "ES384"])


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
