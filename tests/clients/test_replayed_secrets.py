"""A51: a client's secret is shown again until it was used, an endpoint's while it is the one that signs."""

from __future__ import annotations

import uuid

import httpx
import pytest

from tests.cases import desk
from tests.clients.conftest import Ask

GONE = (409, "not_shown_again")


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def create(admin: httpx.Client, key: dict[str, str]) -> httpx.Response:
    return admin.post("/v1/clients", json={"name": "Li Na", "role": "agent"}, headers=key)


def endpoint(admin: httpx.Client, key: dict[str, str]) -> httpx.Response:
    body = {"url": "https://wallet.example/told", "events": ["account.frozen"]}
    return admin.post("/v1/webhook-endpoints", json=body, headers=key)


def test_A51_a_clients_secret_is_not_shown_again_once_a_token_was_had_for_it(
    admin: httpx.Client, ask: Ask, key: dict[str, str]
) -> None:
    new = create(admin, key).json()
    assert create(admin, key).json() == new
    assert ask(auth=(new["client_id"], f"{new['client_secret']}x")).status_code == 401
    assert create(admin, key).json() == new
    assert ask(auth=(new["client_id"], new["client_secret"])).status_code == 200
    assert desk.code(create(admin, key)) == GONE


def test_A51_a_revoked_clients_secret_is_not_shown_again(admin: httpx.Client, key: dict[str, str]) -> None:
    admin.delete(f"/v1/clients/{create(admin, key).json()['client_id']}").raise_for_status()
    assert desk.code(create(admin, key)) == GONE


def test_A51_a_rotated_secret_is_not_shown_again_and_nothing_is_rotated_twice(
    admin: httpx.Client, key: dict[str, str]
) -> None:
    path = f"/v1/webhook-endpoints/{endpoint(admin, key).json()['endpoint_id']}"
    first_key, second_key = ({"Idempotency-Key": f"{path}-{nth}"} for nth in range(2))
    first = admin.post(f"{path}/rotate-secret", headers=first_key)
    assert admin.post(f"{path}/rotate-secret", headers=first_key).json() == first.json()
    assert desk.code(endpoint(admin, key)) == GONE
    second = admin.post(f"{path}/rotate-secret", headers=second_key)
    assert desk.code(admin.post(f"{path}/rotate-secret", headers=first_key)) == GONE
    assert admin.get(path).headers["ETag"] == second.headers["ETag"]
    admin.delete(path).raise_for_status()
    assert desk.code(admin.post(f"{path}/rotate-secret", headers=second_key)) == GONE
    assert desk.code(endpoint(admin, key)) == GONE


def test_R31_an_endpoint_is_shown_as_it_stands_with_its_secret(
    admin: httpx.Client, key: dict[str, str]
) -> None:
    new = endpoint(admin, key)
    path, seen = f"/v1/webhook-endpoints/{new.json()['endpoint_id']}", {"If-Match": new.headers["ETag"]}
    changed = admin.patch(path, json={"enabled": False}, headers=seen).raise_for_status()
    again = endpoint(admin, key)
    assert again.json() == {**changed.json(), "secret": new.json()["secret"]}
    assert again.headers["ETag"] == changed.headers["ETag"]
    admin.delete(path).raise_for_status()
