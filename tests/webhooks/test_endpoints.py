"""Webhook endpoints and deliveries over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from secmon.outbox import service as outbox
from secmon.outbox.delivering import Delivering
from secmon.outbox.kinds import Kind
from secmon.webhooks.couriers import WebhookCouriers, subscribed
from secmon.webhooks.service import Webhooks
from tests.databases import fresh_database
from tests.receiver import Answer, Receiver
from tests.service import Service

NETWORKS = (ip_network("127.0.0.0/8"),)
ENDPOINTS = "/v1/webhook-endpoints"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def own_service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service whose outbox nobody else fills, and that may send to this machine."""
    directory = tmp_path_factory.mktemp("webhooks")
    service = Service(fresh_database(request.param), directory, webhook_allowed_networks=NETWORKS)
    yield service
    service.stop()


@pytest.fixture
def admin(own_service: Service) -> Iterator[httpx.Client]:
    with own_service.client("admin") as client:
        yield client


@pytest.fixture
def endpoint(admin: httpx.Client, receiver: Receiver) -> Iterator[dict[str, Any]]:
    created = created_endpoint(admin, receiver.url)
    yield created
    admin.delete(f"{ENDPOINTS}/{created['endpoint_id']}")


def created_endpoint(admin: httpx.Client, url: str) -> dict[str, Any]:
    answer = admin.post(ENDPOINTS, json={"url": url, "events": ["account.frozen"]})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


def owe(service: Service, kind: Kind = Kind.ACCOUNT_FROZEN) -> str:
    with service.work() as work:
        return str(outbox.owe(work, "acct-1", kind, {}))


def deliver(service: Service) -> None:
    chosen = Webhooks(service.settings.keys, NETWORKS)
    duty = Delivering(subscribed, WebhookCouriers(chosen))
    duty.drain(service.database)
    duty.stop()


def deliveries(admin: httpx.Client, endpoint: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    answer = admin.get(f"{ENDPOINTS}/{endpoint['endpoint_id']}/deliveries", params=query)
    items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return items


def test_the_secret_is_shown_once(admin: httpx.Client, endpoint: dict[str, Any]):
    shown = admin.get(f"{ENDPOINTS}/{endpoint['endpoint_id']}")
    assert endpoint["secret"].startswith("whsec_")
    assert endpoint["secret"] not in shown.text
    assert endpoint["secret"] not in admin.get(ENDPOINTS).text


@pytest.mark.usefixtures("endpoint")
def test_only_the_events_asked_for_are_sent(own_service: Service, receiver: Receiver):
    message_id = owe(own_service)
    owe(own_service, Kind.DEVICE_FORGOTTEN)
    deliver(own_service)
    assert [received.message_id for received in receiver.received] == [message_id]


def test_a_change_needs_the_version_that_was_seen(admin: httpx.Client, endpoint: dict[str, Any]):
    path = f"{ENDPOINTS}/{endpoint['endpoint_id']}"
    change = {"events": ["login.alert"]}
    assert admin.patch(path, json=change).status_code == 428
    seen = admin.get(path).headers["ETag"]
    assert admin.patch(path, json=change, headers={"If-Match": seen}).json()["events"] == ["login.alert"]
    assert admin.patch(path, json=change, headers={"If-Match": seen}).status_code == 412


@pytest.mark.parametrize(
    "body",
    [
        {"url": "https://127.0.0.1.nip.example/"},
        {"url": "https://wallet.example/", "events": []},
        {"url": "https://wallet.example/", "events": ["no.such.event"]},
        {"url": "https://10.0.0.1/", "events": ["login.alert"]},
        {"url": "https://wallet.example/", "events": ["login.alert"], "secret": "mine"},
    ],
)
def test_what_does_not_fit_is_refused(admin: httpx.Client, body: dict[str, Any]):
    assert admin.post(ENDPOINTS, json=body).status_code == 422


def test_a_rotated_secret_and_the_old_one_sign_for_a_day(
    own_service: Service, admin: httpx.Client, receiver: Receiver, endpoint: dict[str, Any]
):
    own_service.clock.now = datetime.now(UTC)
    rotated = admin.post(f"{ENDPOINTS}/{endpoint['endpoint_id']}/rotate-secret").json()
    owe(own_service)
    deliver(own_service)
    (received,) = receiver.received
    for secret in (rotated["secret"], endpoint["secret"]):
        Webhook(secret).verify(received.body, received.headers)
    own_service.clock.advance(timedelta(hours=24))
    owe(own_service)
    deliver(own_service)
    assert len(receiver.received[-1].headers["webhook-signature"].split()) == 1


def test_F08_gone_switches_off_says_so_and_keeps_what_is_owed_before_and_after(
    own_service: Service, admin: httpx.Client, receiver: Receiver, endpoint: dict[str, Any]
):
    path = f"{ENDPOINTS}/{endpoint['endpoint_id']}"
    receiver.behave = lambda _received: Answer(410)
    message_id = owe(own_service)
    deliver(own_service)
    off = admin.get(path)
    assert (off.json()["enabled"], off.json()["disabled_reason"]) == (False, "gone")
    meanwhile = owe(own_service)
    deliver(own_service)
    receiver.behave = lambda _received: Answer()
    admin.patch(path, json={"enabled": True}, headers={"If-Match": off.headers["ETag"]}).raise_for_status()
    deliver(own_service)
    assert [received.message_id for received in receiver.received] == [message_id, message_id, meanwhile]


def test_A33_an_endpoint_is_created_once_a_key(admin: httpx.Client):
    body = {"url": "https://wallet.example/once", "events": ["account.frozen"]}
    first, again = (admin.post(ENDPOINTS, json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    urls = [one["url"] for one in admin.get(ENDPOINTS, params={"limit": 200}).json()["items"]]
    assert urls.count(body["url"]) == 1


def test_a_delivery_can_be_looked_at_and_repeated(
    own_service: Service, admin: httpx.Client, receiver: Receiver, endpoint: dict[str, Any]
):
    receiver.behave = lambda _received: Answer(500)
    message_id = owe(own_service)
    deliver(own_service)
    (failed,) = deliveries(admin, endpoint)
    assert (failed["state"], failed["attempts"], failed["last_status"]) == ("pending", 1, 500)
    receiver.behave = lambda _received: Answer()
    retry = f"{ENDPOINTS}/{endpoint['endpoint_id']}/deliveries/{message_id}/retry"
    assert admin.post(retry).status_code == 202
    deliver(own_service)
    (delivered,) = deliveries(admin, endpoint, state="delivered")
    assert (delivered["delivery_id"], delivered["next_attempt_at"]) == (message_id, None)
    assert deliveries(admin, endpoint, state="dead") == []


def test_what_is_unknown_is_404(admin: httpx.Client, endpoint: dict[str, Any]):
    unknown = "01a20000-0000-7000-8000-000000000000"
    known = endpoint["endpoint_id"]
    for path in (unknown, f"{unknown}/deliveries", f"{known}/deliveries/{unknown}"):
        assert admin.get(f"{ENDPOINTS}/{path}").status_code == 404
    assert admin.post(f"{ENDPOINTS}/{known}/deliveries/{unknown}/retry").status_code == 404
    assert admin.post(f"{ENDPOINTS}/{known}/deliveries/retry-dead").json() == {"redriven": 0}


def test_a_deleted_endpoint_is_sent_nothing(own_service: Service, admin: httpx.Client, receiver: Receiver):
    created = created_endpoint(admin, receiver.url)
    owe(own_service)
    assert admin.delete(f"{ENDPOINTS}/{created['endpoint_id']}").status_code == 204
    deliver(own_service)
    assert receiver.received == []


def test_A30_a_name_that_leads_inside_is_not_connected_to(
    own_service: Service, admin: httpx.Client, receiver: Receiver
):
    created = created_endpoint(admin, f"https://localhost:{receiver.port}/")
    owe(own_service)
    duty = Delivering(subscribed, WebhookCouriers(Webhooks(own_service.settings.keys)))
    duty.drain(own_service.database)
    duty.stop()
    (refused,) = deliveries(admin, created)
    assert refused["last_error"].startswith("AddressForbidden")
    assert receiver.received == []
    admin.delete(f"{ENDPOINTS}/{created['endpoint_id']}")
