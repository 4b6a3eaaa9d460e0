"""POST /oauth/token and the public keys, over HTTP."""

from __future__ import annotations

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from secmon.clients import service as clients
from secmon.clients.scopes import SCOPES_OF, Role
from secmon.clients.service import NewClient
from tests.clients.conftest import Ask
from tests.service import NO_TLS, Service

FORM = "application/x-www-form-urlencoded"


def credentials(new: NewClient) -> tuple[str, str]:
    return str(new.client.client_id), new.secret


def test_a_token_is_answered_as_documented(ask: Ask, wallet_client: NewClient) -> None:
    answer = ask(auth=credentials(wallet_client))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert body["scope"].split() == sorted(SCOPES_OF[Role.WALLET])


def test_a_token_is_a_jwt_that_anybody_can_verify(
    service: Service, wallet_client: NewClient, token: str
) -> None:
    """RFC 9068 §2."""
    keys = httpx.get(f"{service.url}/.well-known/jwks.json", verify=NO_TLS)
    assert keys.headers["Cache-Control"] == "public, max-age=60"
    assert all("d" not in key for key in keys.json()["keys"])
    read = jwt.decode(token, KeySet.import_key_set(keys.json()), algorithms=["ES256"])
    client_id, now = str(wallet_client.client.client_id), int(service.clock().timestamp())
    assert read.header["typ"] == "at+jwt"
    assert read.claims.pop("jti")
    assert read.claims == {
        "iss": service.settings.public_url,
        "aud": "secmon",
        "sub": client_id,
        "client_id": client_id,
        "iat": now,
        "exp": now + 600,
        "scope": " ".join(sorted(SCOPES_OF[Role.WALLET])),
    }


def test_the_secret_may_be_in_the_body(ask: Ask, wallet_client: NewClient) -> None:
    client_id, secret = credentials(wallet_client)
    assert ask(client_id=client_id, client_secret=secret).status_code == 200


def test_a_part_of_the_scopes_may_be_asked_for(service: Service, ask: Ask, wallet_client: NewClient) -> None:
    body = ask(auth=credentials(wallet_client), scope="accounts:read").json()
    assert body["scope"] == "accounts:read"
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    freeze = httpx.post(f"{service.url}/v1/login-events", json={}, headers=headers, verify=NO_TLS)
    assert freeze.json()["code"] == "insufficient_scope"


def test_a_scope_that_the_role_does_not_hold_is_refused(ask: Ask, wallet_client: NewClient) -> None:
    answer = ask(auth=credentials(wallet_client), scope="accounts:read clients:write")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_wrong_unknown_and_revoked_clients_look_the_same(
    service: Service, ask: Ask, wallet_client: NewClient
) -> None:
    client_id, secret = credentials(wallet_client)
    refused = [
        ask(auth=(client_id, secret + "x")),
        ask(auth=(client_id, "wrong")),
        ask(auth=("00000000-0000-7000-8000-000000000000", secret)),
        ask(auth=(client_id.upper(), secret)),
        ask(auth=("nobody\x00", secret)),
        ask(auth=("", "")),
    ]
    with service.work() as work:
        clients.revoke(work, wallet_client.client.client_id)
    refused.append(ask(auth=(client_id, secret)))
    for answer in refused:
        assert answer.status_code == 401
        assert answer.json()["error"] == "invalid_client"
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
    assert len({answer.text for answer in refused}) == 1


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"grant_type": "client_credentials"}'),
        ("text/plain", b"grant_type=client_credentials"),
        (FORM, b"grant_type=client_credentials&grant_type=client_credentials"),
    ],
)
def test_what_is_no_form_or_repeats_itself_is_an_invalid_request(
    service: Service, wallet_client: NewClient, content_type: str, body: bytes
) -> None:
    answer = httpx.post(
        f"{service.url}/oauth/token",
        content=body,
        headers={"Content-Type": content_type},
        auth=credentials(wallet_client),
        verify=NO_TLS,
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_credentials_in_the_address_are_not_looked_at(service: Service, wallet_client: NewClient) -> None:
    client_id, secret = credentials(wallet_client)
    sent = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    answer = httpx.post(
        f"{service.url}/oauth/token", params=sent, headers={"Content-Type": FORM}, verify=NO_TLS
    )
    assert answer.json()["error"] == "invalid_client"


def test_odd_bytes_are_refused_and_nothing_else(service: Service) -> None:
    for body in (b"\xff=\xfe", b"%00=%00", b"client_id=%00&client_secret=%ff&grant_type=client_credentials"):
        answer = httpx.post(
            f"{service.url}/oauth/token", content=body, headers={"Content-Type": FORM}, verify=NO_TLS
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
