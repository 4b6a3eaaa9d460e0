"""A device that has shown its key is known by it: its id alone is a copy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from secmon.devices.device_proof import TYPE
from tests.logins.factories import LAGOS
from tests.logins.signing import Phone, Sign, nonce, recognised
from tests.logins.test_challenges import post

HOUR = timedelta(hours=1)


def test_A71_a_copied_id_without_the_key_is_a_mismatch(bound: Phone) -> None:
    copied = bound.log_in(device_proof=None)
    assert recognised(copied) == ("mismatched", None)
    assert copied["alert_id"] is not None
    assert bound.log_in(device_proof=None)["device"]["recognition"] == "mismatched"
    away = bound.log_in(device_proof=None, ip="192.0.2.1", geo={"country": "CN", "asn": 9808})
    assert (away["decision"], away["device"]["recognition"]) == ("challenge", "mismatched")
    assert recognised(bound.log_in()) == ("known", "accepted")


def test_A71_nor_is_one_by_another_key(bound: Phone, sign: Sign) -> None:
    stranger = sign(
        ec.generate_private_key(ec.SECP256R1()), nonce(bound.wallet), bound.account_id, bound.device_id
    )
    judged = post(bound.wallet, bound.event(device_proof=stranger))
    # It is signed as it should be, and that is all.
    assert recognised(judged) == ("mismatched", "accepted")
    assert recognised(bound.log_in()) == ("known", "accepted")


def test_A71_a_proof_is_good_once(bound: Phone) -> None:
    proof = bound.proof()
    first, again = bound.event(device_proof=proof), bound.event(device_proof=proof)
    assert recognised(post(bound.wallet, first)) == ("known", "accepted")
    assert recognised(post(bound.wallet, again)) == ("mismatched", "refused")
    assert bound.wallet.post("/v1/login-events", json=first).status_code == 200


def test_A71_a_proof_of_a_challenged_login_is_spent_too(bound: Phone) -> None:
    proof = bound.proof()
    post(bound.wallet, bound.event(device_proof=proof, geo=LAGOS, ip="198.51.100.9"))
    assert recognised(post(bound.wallet, bound.event(device_proof=proof))) == ("mismatched", "refused")


def test_A71_and_within_one_batch(bound: Phone) -> None:
    proof = bound.proof()
    events = [bound.event(device_proof=proof), bound.event(device_proof=proof), bound.event()]
    answer = bound.wallet.post("/v1/login-events/batch", json={"events": events}).raise_for_status().json()
    assert [recognised(one["assessment"]) for one in answer["results"]] == [
        ("known", "accepted"),
        ("mismatched", "refused"),
        ("mismatched", None),
    ]
    assert recognised(post(bound.wallet, bound.event(device_proof=proof))) == ("mismatched", "refused")


def test_A71_and_within_one_batch_where_the_first_was_challenged(bound: Phone) -> None:
    proof = bound.proof()
    afar = bound.event(device_proof=proof, geo=LAGOS, ip="198.51.100.9")
    events = [afar, bound.event(device_proof=proof)]
    answer = bound.wallet.post("/v1/login-events/batch", json={"events": events}).raise_for_status().json()
    first, second = (one["assessment"] for one in answer["results"])
    assert (first["decision"], recognised(first)) == ("challenge", ("known", "accepted"))
    assert recognised(second) == ("mismatched", "refused")


@pytest.mark.parametrize("other", [{"account_id": "acct-other"}, {"device_id": "ins-other"}])
def test_A71_a_proof_is_of_one_account_and_install(bound: Phone, other: dict[str, str]) -> None:
    judged = post(bound.wallet, bound.event(device_proof=bound.proof(**other)))
    assert recognised(judged) == ("mismatched", "refused")


@pytest.mark.parametrize(("minutes", "found"), [(5, "known"), (6, "mismatched")])
def test_A71_a_nonce_is_good_for_minutes(bound: Phone, minutes: int, found: str) -> None:
    given = nonce(bound.wallet)
    bound.service.clock.advance(timedelta(minutes=minutes))
    assert post(bound.wallet, bound.event(device_proof=bound.proof(given)))["device"]["recognition"] == found


@pytest.mark.parametrize("given", ["", "no nonce", "A" * 38, "ü", "=", "AAAA"])
def test_A71_nobody_makes_up_a_nonce(bound: Phone, given: str) -> None:
    judged = post(bound.wallet, bound.event(device_proof=bound.proof(given or "x")))
    assert recognised(judged) == ("mismatched", "refused")


def test_A71_nobody_dates_a_nonce(bound: Phone) -> None:
    """Signed beforehand, on a phone that was in hand for a minute, for a login of next week."""
    given = nonce(bound.wallet)
    other = given[:10] + ("A" if given[10] != "A" else "B") + given[11:]
    judged = post(bound.wallet, bound.event(device_proof=bound.proof(other)))
    assert recognised(judged) == ("mismatched", "refused")
    assert recognised(post(bound.wallet, bound.event(device_proof=bound.proof(given)))) == (
        "known",
        "accepted",
    )


def test_A71_an_assessment_asks_for_the_key_and_uses_nothing_up(bound: Phone) -> None:
    event = bound.event(device_proof=bound.proof())
    asked = {name: value for name, value in event.items() if name not in ("event_id", "outcome")}
    for _ in range(2):
        answer = bound.wallet.post("/v1/risk-assessments", json=asked).raise_for_status().json()
        assert recognised(answer) == ("known", "accepted")
    del asked["device_proof"]
    answer = bound.wallet.post("/v1/risk-assessments", json=asked).raise_for_status().json()
    assert recognised(answer) == ("mismatched", None)
    assert recognised(post(bound.wallet, event)) == ("known", "accepted")


def test_R45_logins_come_in_late_and_out_of_order(bound: Phone) -> None:
    events = []
    for _ in range(4):
        bound.service.clock.advance(timedelta(minutes=10))
        events.append(bound.event(device_proof=bound.proof()))
    bound.service.clock.advance(timedelta(days=2))
    for event in reversed(events):
        assert recognised(post(bound.wallet, event)) == ("known", "accepted")


@pytest.mark.parametrize(
    "kind", ["text", "parts", "no jwk", "typ", "alg", "curve", "private", "header", "no device_id", "point"]
)
def test_R45_what_is_no_proof_is_refused(bound: Phone, kind: str) -> None:
    proof, changes = malformed(kind), {"device_id": None} if kind == "no device_id" else {}
    answer = bound.wallet.post("/v1/login-events", json=bound.event(device_proof=proof, **changes))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/device_proof")
    results = bound.wallet.post(
        "/v1/login-events/batch", json={"events": [bound.event(device_proof=proof, **changes)]}
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
