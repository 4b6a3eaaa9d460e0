"""A37 and R21: which tokens are believed, over HTTP; forged ones are made as an attacker would make them."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from secmon.clients import signing_keys, tokens
from secmon.clients.authentication import REMEMBERED_TOKENS, Authenticator, VerifiedToken
from secmon.clients.verification import TokenRefused, peek
from secmon.core.actor import SYSTEM
from secmon.core.errors import Unauthenticated
from secmon.web.caller import AUTHENTICATE, Caller
from tests.service import START, FakeClock, Service

Standing = Callable[[str], httpx.Response]


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = token.split(".")
    return tuple(json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, payload))


def encoded(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


@pytest.fixture
def signing_key(service: Service) -> ECKey:
    with service.work(write=False) as work:
        key = signing_keys.current(work, service.settings.keys)
    assert key is not None
    return key


def test_a_good_token_is_believed_again_and_again(standing: Standing, token: str) -> None:
    assert {standing(token).status_code for _ in range(3)} == {404}


def test_a37_a_token_without_a_signature_is_refused(standing: Standing, token: str) -> None:
    header, claims = parts(token)
    for alg in ("none", "None", "NONE"):
        for signature in ("", token.split(".")[2]):
            forged = f"{encoded({**header, 'alg': alg})}.{encoded(claims)}.{signature}"
            assert standing(forged).status_code == 401


def test_a37_the_public_key_as_an_hmac_secret_is_refused(
    standing: Standing, token: str, signing_key: ECKey
) -> None:
    header, claims = parts(token)
    signed = f"{encoded({**header, 'alg': 'HS256'})}.{encoded(claims)}"
    public = signing_key.as_dict(private=False)
    for secret in (signing_key.as_pem(private=False), json.dumps(public).encode()):
        digest = hmac.digest(secret, signed.encode(), "sha256")
        signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        assert standing(f"{signed}.{signature}").status_code == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": START.timestamp() + 601},
        {"exp": START.timestamp() - 1},
        {"iat": None},
        {"iat": START.timestamp() + 3600, "exp": START.timestamp() + 3700},
        {"nbf": START.timestamp() + 3600},
        {"client_id": None},
        {"client_id": "nobody"},
        {"client_id": "00000000-0000-7000-8000-000000000000"},
        {"scope": ["accounts:read"]},
        {"sub": None},
    ],
)
def test_a37_our_own_key_signs_no_other_claims(
    standing: Standing, token: str, signing_key: ECKey, changed: dict[str, Any]
) -> None:
    header, claims = parts(token)
    other = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    assert standing(jwt.encode(header, other, signing_key)).status_code == 401


@pytest.mark.parametrize("changed", [{"typ": "JWT"}, {"typ": "id+jwt"}, {"kid": "x"}, {"kid": "\0" * 43}])
def test_a37_another_kind_of_token_is_refused(
    standing: Standing, token: str, signing_key: ECKey, changed: dict[str, Any]
) -> None:
    header, claims = parts(token)
    assert standing(jwt.encode({**header, **changed}, claims, signing_key)).status_code == 401


def test_an_unknown_critical_header_is_refused(standing: Standing, token: str, signing_key: ECKey) -> None:
    """RFC 7515 §4.1.11."""
    header, claims = parts(token)
    head = encoded({**header, "crit": ["exp2"], "exp2": 1})
    signed = jws.serialize_compact(header, json.dumps(claims), signing_key)
    assert standing(f"{head}.{encoded(claims)}.{signed.split('.')[2]}").status_code == 401


def test_a37_another_key_under_our_key_id_is_refused(standing: Standing, token: str) -> None:
    header, claims = parts(token)
    assert standing(jwt.encode(header, claims, ECKey.generate_key("P-256"))).status_code == 401


def test_a37_a_token_ends_when_it_says_so(service: Service, standing: Standing, token: str) -> None:
    service.clock.advance(tokens.LIFETIME - timedelta(seconds=1))
    assert standing(token).status_code == 404
    service.clock.advance(timedelta(seconds=1))
    assert standing(token).status_code == 401


def test_the_clock_of_another_node_may_be_a_little_ahead(
    service: Service, standing: Standing, token: str
) -> None:
    service.clock.now = START - timedelta(seconds=30)
    assert standing(token).status_code == 404


def test_the_refusal_says_how_to_authenticate(standing: Standing) -> None:
    """RFC 6750 §3."""
    refused = standing("x.y.z")
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="secmon", error="invalid_token"'


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_nothing_but_a_refusal_comes_of_garbage(text: str) -> None:
    for token in (text, f"{text}.{text}.{text}", f"{encoded({'alg': 'ES256'})}.{text}.x"):
        with pytest.raises(TokenRefused):
            peek(token)


@pytest.mark.parametrize("header", [[], ["alg"], "alg", 1, None, {"alg": "ES256", "crit": 1}, {"alg": []}])
@pytest.mark.parametrize("claims", [[], "x", 1, None, {"iss": 1}])
def test_json_of_the_wrong_shape_is_nobodys_token(service: Service, header: object, claims: object) -> None:
    authenticate = AUTHENTICATE.of(service.app)
    with pytest.raises(Unauthenticated):
        authenticate(f"{encoded(header)}.{encoded(claims)}.{encoded('x')}")


def test_a_remembered_token_is_not_verified_again_until_then() -> None:
    clock, verified = FakeClock(), []
    token = jwt.encode({"alg": "ES256"}, {"iss": "us"}, ECKey.generate_key("P-256"))

    def verify(token: str, _: object) -> VerifiedToken:
        verified.append(token)
        return VerifiedToken(Caller(SYSTEM), clock() + timedelta(minutes=1))

    authenticate = Authenticator({"us": verify}, clock)
    for _ in range(3):
        authenticate(token)
    assert len(verified) == 1
    clock.advance(timedelta(minutes=1))
    authenticate(token)
    assert len(verified) == 2


def test_no_more_tokens_are_remembered_than_there_is_room_for() -> None:
    verified = []

    def verify(token: str, _: object) -> VerifiedToken:
        verified.append(token)
        return VerifiedToken(Caller(SYSTEM), START + timedelta(minutes=1))

    authenticate = Authenticator({"us": verify}, FakeClock())
    made = [
        f"{encoded({'alg': 'x'})}.{encoded({'iss': 'us', 'n': n})}.x" for n in range(REMEMBERED_TOKENS + 1)
    ]
    for token in (*made, made[0]):
        authenticate(token)
    assert len(verified) == REMEMBERED_TOKENS + 2
