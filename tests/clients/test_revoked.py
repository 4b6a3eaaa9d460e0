"""A36: what was taken from a client it cannot use, from the next request on."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from secmon.clients import service as clients
from secmon.clients.service import NewClient
from tests.service import NO_TLS, Service

Standing = Callable[[str], httpx.Response]


def test_a36_a_token_stops_working_with_its_client(
    service: Service, standing: Standing, token: str, wallet_client: NewClient
) -> None:
    assert standing(token).status_code == 404
    with service.work() as work:
        clients.revoke(work, wallet_client.client.client_id)
    assert standing(token).status_code == 401


@pytest.mark.parametrize(
    ("path", "content", "content_type", "alive"),
    [
        ("/v1/login-events", b"{}", "application/json", 422),
        ("/v1/login-events", b"{", "application/json", 400),
        ("/v1/login-events", b"x", "text/plain", 415),
        ("/v1/login-events/batch", b"{}", "application/json", 422),
        ("/v1/login-events?x=1", b"{}", "application/json", 422),
        ("/v1/cases", b"{}", "application/json", 403),
    ],
)
def test_a36_a_revoked_client_is_told_that_before_anything_else(
    service: Service,
    token: str,
    wallet_client: NewClient,
    path: str,
    content: bytes,
    content_type: str,
    alive: int,
) -> None:
    def post() -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": content_type}
        return httpx.post(service.url + path, content=content, headers=headers, verify=NO_TLS)

    assert post().status_code == alive
    with service.work() as work:
        clients.revoke(work, wallet_client.client.client_id)
    refused = post()
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert "errors" not in refused.json()


def test_a_client_whose_role_shrinks_cannot_use_what_it_held(
    service: Service, standing: Standing, token: str, wallet_client: NewClient
) -> None:
    with service.work() as work:
        clients.get(work, wallet_client.client.client_id).role = "auditor"
    assert standing(token).status_code == 401
