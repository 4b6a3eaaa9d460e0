"""The secrets of endpoints: one new one a rotation, and a word to the operator where one cannot be read."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from secmon.webhooks.couriers import WebhookCouriers
from secmon.webhooks.models import WebhookEndpoint
from secmon.webhooks.service import Webhooks
from tests.service import Service

ENDPOINTS = "/v1/webhook-endpoints"
BODY = {"url": "https://wallet.example/secmon", "events": ["account.frozen"]}


@pytest.fixture
def admin(service: Service) -> Iterator[httpx.Client]:
    with service.client("admin") as client:
        yield client


@pytest.fixture
def endpoint(admin: httpx.Client) -> Iterator[dict[str, Any]]:
    created: dict[str, Any] = admin.post(ENDPOINTS, json=BODY).raise_for_status().json()
    yield created
    admin.delete(f"{ENDPOINTS}/{created['endpoint_id']}")


def test_a_rotation_that_is_asked_for_again_with_its_key_makes_no_other_secret(
    admin: httpx.Client, endpoint: dict[str, Any]
) -> None:
    path = f"{ENDPOINTS}/{endpoint['endpoint_id']}"
    key = {"Idempotency-Key": endpoint["endpoint_id"]}
    first, again = (admin.post(f"{path}/rotate-secret", headers=key) for _ in range(2))
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    # Where it was made twice, the receivers' own secret would sign no more.
    assert admin.get(path).headers["ETag"] == first.headers["ETag"]


def test_a_secret_that_cannot_be_read_is_told_once_a_change_and_stops_no_other_endpoint(
    service: Service, admin: httpx.Client, endpoint: dict[str, Any]
) -> None:
    other = admin.post(ENDPOINTS, json=BODY).raise_for_status().json()
    path, couriers = (
        f"{ENDPOINTS}/{endpoint['endpoint_id']}",
        WebhookCouriers(Webhooks(service.settings.keys)),
    )
    take_secret_of(service, endpoint["endpoint_id"], other["endpoint_id"])
    for _ in range(2):
        with capture_logs() as logs:
            sent_to = [receivers(service, couriers) for _ in range(3)]
        assert [(line["event"], line["endpoint_id"]) for line in logs] == [
            ("webhook_secret_unreadable", endpoint["endpoint_id"])
        ]
        assert all(other["endpoint_id"] in names for names in sent_to)
        assert not any(endpoint["endpoint_id"] in names for names in sent_to)
        seen = {"If-Match": admin.get(path).headers["ETag"]}
        admin.patch(path, json={"events": ["login.alert"]}, headers=seen).raise_for_status()
    admin.delete(f"{ENDPOINTS}/{other['endpoint_id']}").raise_for_status()


def take_secret_of(service: Service, endpoint_id: str, other_id: str) -> None:
    """As a row that somebody moved: each secret is bound to its endpoint."""
    with service.work() as work:
        endpoint, other = (
            work.session.get(WebhookEndpoint, uuid.UUID(one)) for one in (endpoint_id, other_id)
        )
        endpoint.secret = other.secret


def receivers(service: Service, couriers: WebhookCouriers) -> set[str]:
    with service.work(write=False) as work:
        return set(couriers(work))
