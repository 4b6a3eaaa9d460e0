"""A fresh client for each test that wants one, and its tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from secmon.clients import service as clients
from secmon.clients.authentication import Authenticator
from secmon.clients.scopes import Role
from secmon.clients.service import NewClient
from tests.clients.provider import Provider, trusting
from tests.service import NO_TLS, FakeClock, Service

Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(service: Service) -> Ask:
    """POST /oauth/token: form fields by name, `auth=` and `headers=` as httpx has them."""

    def post(auth: tuple[str, str] | None = None, headers: dict[str, str] | None = None, **form: str):
        fields = {"grant_type": "client_credentials", **form}
        return httpx.post(
            f"{service.url}/oauth/token", data=fields, auth=auth, headers=headers, verify=NO_TLS
        )

    return post


@pytest.fixture
def admin(service: Service) -> Iterator[httpx.Client]:
    with service.client("admin") as client:
        yield client


@pytest.fixture
def wallet_client(service: Service) -> NewClient:
    """A client of the wallet's role that only this test knows."""
    with service.work() as work:
        return clients.create(work, name="wallet of this test", role=Role.WALLET)


@pytest.fixture
def token(wallet_client: NewClient, ask: Ask) -> str:
    """A good token of `wallet_client`."""
    answer = ask(auth=(str(wallet_client.client.client_id), wallet_client.secret))
    return str(answer.raise_for_status().json()["access_token"])


@pytest.fixture
def standing(service: Service) -> Callable[[str], httpx.Response]:
    """Calls a guarded route with a token: 404 where the token is good, for the account is unknown."""

    def get(token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{service.url}/v1/accounts/acct-never-seen/devices", headers=headers, verify=NO_TLS)

    return get


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.stop()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def authenticate(provider: Provider, clock: FakeClock) -> Authenticator:
    return trusting(provider, clock)
