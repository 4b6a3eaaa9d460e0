"""One caller does not starve the others."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from limits import parse
from limits.storage import Storage

from tests.databases import fresh_database
from tests.service import NO_TLS
from tests.web.probe import Probe


@pytest.fixture
def strict_probe() -> Iterator[Probe]:
    """Three requests a client, two an address."""
    few = {"client_rate_limit": parse("3 per hour"), "token_rate_limit": parse("2 per hour")}
    probe = Probe(fresh_database("sqlite"), **few)
    yield probe
    probe.stop()


def assert_throttled(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 3600


def test_a_client_that_asks_too_often_waits_and_others_do_not(strict_probe: Probe) -> None:
    with strict_probe.client("eager") as eager, strict_probe.client("calm") as calm:
        assert [eager.get("/v1/things/one").status_code for _ in range(3)] == [200, 200, 200]
        assert_throttled(eager.get("/v1/things/one"))
        assert calm.get("/v1/things/one").status_code == 200


def test_an_address_that_asks_too_often_waits(strict_probe: Probe) -> None:
    answers = [httpx.post(f"{strict_probe.url}/v1/things/by-address", verify=NO_TLS) for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert_throttled(answers[2])


def test_what_is_not_limited_is_never_counted(strict_probe: Probe) -> None:
    with strict_probe.client("eager") as eager:
        assert {eager.post("/v1/things/unlimited").status_code for _ in range(5)} == {200}
        assert eager.get("/v1/things/one").status_code == 200
    assert {httpx.get(f"{strict_probe.url}/livez", verify=NO_TLS).status_code for _ in range(5)} == {200}


AWAY = ["away"]


class StorageAway(Storage):
    """A store that does not answer, as Redis may not; `away://` names it."""

    STORAGE_SCHEME = AWAY

    @property
    def base_exceptions(self) -> type[Exception]:
        return ConnectionError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise ConnectionError

    def get(self, key: str) -> int:
        raise ConnectionError

    def get_expiry(self, key: str) -> float:
        raise ConnectionError

    def check(self) -> bool:
        return False

    def reset(self) -> int | None:
        raise ConnectionError

    def clear(self, key: str) -> None:
        raise ConnectionError


# Nothing listens on port 1 (tcpmux).
@pytest.mark.parametrize("storage", ["away://", "redis://127.0.0.1:1/0"])
def test_where_the_counts_cannot_be_kept_nobody_waits(storage: str) -> None:
    probe = Probe(fresh_database("sqlite"), client_rate_limit=parse("1 per hour"), rate_limit_storage=storage)
    with probe.client() as client:
        assert {client.get("/v1/things/one").status_code for _ in range(3)} == {200}
    probe.stop()
