"""Nobody learns by making endpoints where names lead inside the operator's network."""

from __future__ import annotations

import io
import ssl
from pathlib import Path

import httpcore
import httpx
import pytest
from sqlalchemy import update

from secmon.outbox.delivering import Delivering
from secmon.outbox.models import Delivery
from secmon.webhooks import failures
from secmon.webhooks.addresses import AddressForbidden
from secmon.webhooks.couriers import WebhookCouriers, subscribed
from secmon.webhooks.service import Webhooks
from tests.cases import desk
from tests.databases import fresh_database
from tests.service import Service

ENDPOINTS = "/v1/webhook-endpoints"
INNER = "127.0.0.1"
OF_BEFORE = {
    f"AddressForbidden: {INNER} is not a public address, and not in …": failures.FORBIDDEN,
    "ConnectError: [Errno 111] Connection refused by fd00::17": failures.NOT_REACHED,
    "ReadTimeout: 10.0.0.1 was silent": failures.OTHER,
    "answered 503 from 10.0.0.1": failures.OTHER,
    "answered 503": "answered 503",
    "answered 302; redirects are not followed": "answered 302; redirects are not followed",
    "answered 410 Gone": "answered 410 Gone",
}


def _tls_error() -> Exception:
    error = httpcore.ConnectError("certificate is not valid for '10.0.0.1'")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    return error


RAISED = (
    (AddressForbidden("10.0.0.1 is not a public address"), failures.FORBIDDEN),
    (httpcore.ConnectError("10.0.0.1 cannot be resolved"), failures.NOT_REACHED),
    (_tls_error(), failures.NO_TLS),
    (httpcore.ConnectTimeout("10.0.0.1"), failures.NO_ANSWER),
    (httpcore.ReadError("10.0.0.1"), failures.BROKEN_OFF),
    (httpcore.RemoteProtocolError("10.0.0.1"), failures.NO_HTTP),
    (ValueError("10.0.0.1"), failures.OTHER),
)


@pytest.mark.parametrize(("error", "words"), RAISED, ids=lambda value: type(value).__name__)
def test_a_failure_is_told_in_general_words(error: Exception, words: str) -> None:
    assert failures.told(error) == words == failures.shown(words)


@pytest.mark.parametrize("stored", OF_BEFORE)
def test_what_the_release_before_has_stored_quotes_nothing(stored: str) -> None:
    assert failures.shown(stored) == OF_BEFORE[stored]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_who_reads_deliveries_is_told_no_inner_address_and_the_operator_is(
    kind: str, tmp_path: Path, account_id: str, logged: io.StringIO
) -> None:
    """On a database of its own: what other tests have left to be made out is nobody's to read here."""
    service = Service(fresh_database(kind), tmp_path)
    body = {"url": "https://localhost:9/", "events": ["account.frozen"]}
    with service.client("admin") as admin, service.client("wallet") as wallet:
        path = f"{ENDPOINTS}/{admin.post(ENDPOINTS, json=body).raise_for_status().json()['endpoint_id']}"
        desk.freeze(wallet, account_id)
        duty = Delivering(subscribed, WebhookCouriers(Webhooks(service.settings.keys)))
        duty.drain(service.database)
        duty.stop()
        assert _last_errors(admin, path) == {failures.FORBIDDEN}
        assert INNER in logged.getvalue()
        with service.work() as work:
            work.session.execute(update(Delivery).values(last_error=next(iter(OF_BEFORE))))
        assert _last_errors(admin, path) == {failures.FORBIDDEN}
    service.stop()


def _last_errors(admin: httpx.Client, path: str) -> set[str]:
    return {one["last_error"] for one in admin.get(f"{path}/deliveries").raise_for_status().json()["items"]}
