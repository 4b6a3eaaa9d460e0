"""What a hot request costs: its round trips to PostgreSQL, counted on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url

from tests.cases import desk
from tests.databases import fresh_database
from tests.logins.factories import login
from tests.service import Service
from tests.wire import Wire, counted


@pytest.fixture(scope="module")
def wire() -> Iterator[tuple[Wire, str]]:
    """The wire to a database, and the URL that leads through it."""
    url = make_url(fresh_database("postgresql"))
    with counted(url.host or "", url.port or 0) as wire:
        yield wire, url.set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def wallet(wire: tuple[Wire, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The wallet of a service whose connections are open and whose statements are prepared."""
    service = Service(wire[1], Path(tmp_path_factory.mktemp("wire")))
    with service.client("wallet") as client:
        for nth in range(3):
            _report(client, f"warm-{nth}")
            desk.freeze(client, f"warm-{nth}")
            desk.standing(client, f"warm-{nth}", "transfer")
        yield client
    service.stop()


def _report(wallet: httpx.Client, account_id: str) -> None:
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()


def test_a_login_is_one_round_trip_to_read_and_one_to_write(wallet: httpx.Client, wire: tuple[Wire, str]):
    _report(wallet, "known")
    before = wire[0].round_trips
    _report(wallet, "known")
    assert wire[0].round_trips - before == 2


def test_a_freeze_is_one_round_trip_to_read_and_one_to_write(wallet: httpx.Client, wire: tuple[Wire, str]):
    before = wire[0].round_trips
    desk.freeze(wallet, "stolen")
    assert wire[0].round_trips - before == 2


def test_the_gate_is_one_round_trip(wallet: httpx.Client, wire: tuple[Wire, str]):
    before = wire[0].round_trips
    desk.standing(wallet, "warm-1", "transfer")
    assert wire[0].round_trips - before == 1
