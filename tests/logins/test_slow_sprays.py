"""Four accounts in ten minutes for ten hours, or four from each of many networks: seen across the wallet."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import httpx
import pytest
from sqlalchemy import insert

from secmon.logins import marks
from secmon.logins.marks import spray_of
from secmon.logins.models import EntryMark, FailureMark
from tests.databases import fresh_database
from tests.logins.factories import login
from tests.service import NO_TLS, START, Service

NOW = int(START.timestamp()) // 60


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path):
    service = Service(fresh_database(request.param), tmp_path, metrics_token="scrape")
    yield service
    service.stop()


def mark(number: int, minute: int, network: str) -> dict[str, object]:
    return {"account_id": f"a{number}", "minute": minute, "ip": network, "network": network, "device_id": ""}


def watched(service: Service) -> marks.Spray:
    with service.work() as work:
        while marks.watch_failures(work):
            pass
        return marks.latest(work)


def fail(service: Service, rows: list[dict[str, object]]) -> None:
    with service.work() as work:
        work.session.execute(insert(FailureMark), rows)


def test_four_accounts_in_ten_minutes_from_one_address_for_ten_hours(own: Service):
    fail(own, [mark(n, NOW - 620 + 5 * n // 2, "198.51.100.7") for n in range(240)])
    found = watched(own)
    assert found.raised
    assert found.sources == 1
    shown = httpx.get(f"{own.url}/metrics", headers={"Authorization": "Bearer scrape"}, verify=NO_TLS).text
    assert "secmon_login_spray 1.0" in shown
    assert "secmon_login_spraying_sources 1.0" in shown


def test_four_accounts_from_each_of_many_networks(own: Service):
    fail(own, [mark(n, NOW - 620 + 5 * n // 8, f"100.64.{n // 4}.9") for n in range(960)])
    found = watched(own)
    assert found.raised
    assert found.sources == 0


def test_a_quiet_wallet_is_no_spray_and_what_is_summed_is_summed_once(own: Service):
    fail(own, [mark(n, NOW - 90 * n, f"100.64.{n}.9") for n in range(12)])
    assert not watched(own).raised
    with own.work() as work:
        assert marks.watch_failures(work) == 0
    own.clock.advance(timedelta(minutes=10))
    with own.work() as work:
        assert marks.watch_failures(work) == 1


def test_an_address_that_lets_in_more_than_fail_there_is_a_carriers(own: Service):
    fail(own, [mark(n, NOW - 1000 + 10 * n, "198.51.100.7") for n in range(60)])
    with own.work() as work:
        entered = [
            {"account_id": f"b{n}", "minute": NOW - 1000 + 10 * n, "network": "198.51.100.7"}
            for n in range(70)
        ]
        work.session.execute(insert(EntryMark), entered)
    assert watched(own).sources == 0


def test_whoever_mistypes_and_gets_in_is_no_failure(own: Service):
    with own.client("wallet") as wallet:
        for number in range(3):
            known = login(f"c{number}", after=timedelta(hours=2))
            slip = login(
                f"c{number}", after=timedelta(hours=23), outcome="failure", failure_reason="bad_password"
            )
            right = login(f"c{number}", after=timedelta(hours=23, seconds=9))
            for event in (known, slip, right):
                wallet.post("/v1/login-events", json=event).raise_for_status()
    assert watched(own).failed == 0


def honest(draw: Random, logins: int, share: float, spans: int) -> list[tuple[int, int]]:
    """Failures by chance: the normal distribution stands for the Poisson one."""
    usual = logins * share
    return [(max(0, round(draw.gauss(usual, usual**0.5))), logins) for _ in range(spans)]


@pytest.mark.parametrize(("logins", "share"), [(20, 0.01), (1_000, 0.02), (20_000, 0.008), (20_000, 0.1)])
def test_typing_errors_of_a_wallet_that_is_used_to_them_are_none(logins: int, share: float):
    draw = Random(f"{logins}/{share}")
    for _ in range(300):
        assert not spray_of(honest(draw, logins, share, 1_000))[2]


def test_a_busy_morning_has_more_of_both():
    quiet = honest(Random(1), 200, 0.02, 900)
    assert not spray_of([*honest(Random(2), 6_000, 0.02, 60), *quiet])[2]


def test_a_new_wallet_is_taken_to_mistype_as_others_do():
    assert not spray_of([(2, 100)] * 6)[2]
    assert spray_of([(12, 100)] * 6)[2]
