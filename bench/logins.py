"""Login events: one a request and 500 a batch, beside the bare driver and a no-op route."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench import bare, cpu, pgbench, report
from bench.bare import ACCOUNTS
from bench.geo import CITIES
from bench.load import CONNECTIONS, Rate, direct_rate, http_rate, http_request
from bench.paced import paced_rate
from bench.running import Running

SECONDS = 8.0
BATCH = 500
BATCHES = 30
# Batches in turn are of other accounts: none waits for one that is under way.
SETS = 16
PHONES = ("Xiaomi 2201123C", "HUAWEI ALN-AL00", "OPPO PGEM10", "vivo V2302A", "HONOR PGT-AN10")


def run(service: Running) -> None:
    """Prints the figures of login events."""
    report.section("Login events, one a request, durable commit, 8 connections")
    http_rate(service.port, [single(service, event(n)) for n in range(ACCOUNTS)], seconds=60)
    noop = http_rate(service.port, [http_request("GET", "/livez", None)] * 40_000, seconds=SECONDS)
    floor = direct_rate(bare.one_login(service.database_url), seconds=SECONDS)
    events = [single(service, event(n)) for n in range(ACCOUNTS, ACCOUNTS + 60_000)]
    used = cpu.of(service)
    rate = http_rate(service.port, events, seconds=SECONDS)
    spent = cpu.of(service).since(used)
    own = pgbench.rate(service.database_url, seconds=SECONDS, connections=CONNECTIONS)
    report.line("no-op route", noop.per_second, "/s")
    report.line(
        "one event a request",
        rate.per_second,
        "/s",
        floor=floor.per_second,
        floor_name="bare driver",
    )
    if own is not None:
        report.line("   the same", rate.per_second, "/s", floor=own, floor_name="pgbench", goal="0.25")
    for process, seconds in spent.items():
        report.line(f"   CPU a login, {process}", seconds / max(1, rate.done) * 1000, "ms")
    report.line("   all of it", sum(spent.values()) / max(1, rate.done) * 1000, "ms", goal="<= 1.7")
    report.line(
        "   median, p99",
        rate.median_ms,
        "ms",
        floor=noop.median_ms,
        floor_name=f"p99 {rate.p99_ms:.1f}; no-op",
    )
    _check(rate)
    half = paced_rate(
        service.port,
        lambda number: single(service, event(2_000_000 + number)),
        per_second=rate.per_second / 2,
        seconds=SECONDS,
        connections=CONNECTIONS,
    )
    report.line("   p99 at half of that rate", half.p99_ms, "ms", goal="<= 15")
    _check(half)
    report.section(f"Login events, batches of {BATCH}")
    number = 0
    for connections in (1, 4):
        bare_batches = bare.one_batch(service.database_url, BATCH, first=connections * 100_000_000)
        floor = direct_rate(bare_batches, seconds=SECONDS / 2, connections=connections)
        batches = [batch(service, number + one) for one in range(BATCHES * connections)]
        number += len(batches)
        before = _stored(service)
        done = http_rate(service.port, batches, seconds=300, connections=connections)
        _check(done)
        assert _stored(service) - before == len(batches) * BATCH, "events were not stored"
        name = f"events in batches, {connections} connection(s)"
        report.line(
            name,
            done.per_second * BATCH,
            "/s",
            floor=floor.per_second * BATCH,
            floor_name="bare driver",
        )
        if own is not None:
            report.line(
                "   the same",
                done.per_second * BATCH,
                "/s",
                floor=own,
                floor_name="pgbench, one event a transaction",
                goal="0.75",
            )


def _check(rate: Rate) -> None:
    assert rate.failed == 0, f"{rate.failed} requests failed"


def _stored(service: Running) -> int:
    with psycopg.connect(service.database_url.replace("+psycopg", "")) as connection:
        counted = connection.execute("SELECT count(*) FROM login_events").fetchone()
    assert counted is not None
    return int(counted[0])


def event(number: int, account: int | None = None) -> dict[str, Any]:
    """Login `number`: account after account on its own phone and networks, as time goes on.

    Every other account leaves it to the service to look up where it is.
    """
    account = number % ACCOUNTS if account is None else account
    visit = number // ACCOUNTS
    habits = random.Random(account)
    _, city, region, latitude, longitude = habits.choice(CITIES)
    network, phone = habits.randrange(1, 220), habits.choice(PHONES)
    # At home most of the time, else wherever the carrier puts them.
    third = account % 250 if visit % 5 < 3 else (account + visit) % 250
    # Never in the future, whatever the number: such an event would be refused, and cheap.
    at = datetime.now(UTC) - timedelta(days=20) + timedelta(seconds=number % 240_000 * 7)
    place = {"country": "CN", "region": region, "city": city, "latitude": latitude, "longitude": longitude}
    return {
        "event_id": f"evt-{number}-{account}",
        "account_id": f"acct-{account}",
        "occurred_at": at.isoformat(),
        "outcome": "success",
        "ip": f"60.{network}.{third}.{(account + 7 * visit) % 250 + 1}",
        "user_agent": f"UWallet/5.{number // 40_000 % 40 + 2}.0 (Android 14; {phone}; zh_CN)",
        "device_id": f"ins-{account}",
        "session_id": f"s-{number}",
        "channel": "app",
        "amr": ["pwd"],
        "geo": {**place, "asn": 4134} if account % 2 else None,
    }


def single(service: Running, body: dict[str, Any]) -> bytes:
    return http_request("POST", "/v1/login-events", service.tokens["wallet"], json.dumps(body).encode())


def batch(service: Running, number: int, account: int | None = None) -> bytes:
    """Events of one account where `account` is given, else of `BATCH` accounts."""
    first = number % SETS * BATCH
    events = [
        event(1_000_000 + number * BATCH + n, first + n if account is None else account) for n in range(BATCH)
    ]
    body = json.dumps({"events": events}).encode()
    return http_request("POST", "/v1/login-events/batch", service.tokens["wallet"], body)
