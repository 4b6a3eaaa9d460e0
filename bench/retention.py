"""A million old events: the room that they take, and what purging them costs the logins beside it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench import logins, report, sizes
from bench.load import Rate, http_rate
from bench.running import Running

EVENTS = 1_000_000
# Accounts that the old events are of; the logins beside the purge are of `logins.ACCOUNTS` others.
ACCOUNTS = 100_000
SECONDS = 12.0
BEGINS_WITHIN_S = 60
# Ready-made, and never used up.
REQUESTS = 40_000
# Events as the service stored them, in the order in which they came in, with ids of 36 characters each.
_FILL = """
    INSERT INTO login_events
    SELECT CAST(md5('account' || n % {accounts}) AS uuid), CAST(md5('event' || n) AS uuid), old, old,
           outcome, failure_reason, ip, user_agent, device_id, session_id, channel, amr, place,
           decision, learnt, assessment, challenge
    FROM generate_series(0, {events} - 1) AS n
    CROSS JOIN LATERAL (SELECT now() - interval '400 days' + n * interval '10 seconds' AS old) AS times
    JOIN (SELECT *, row_number() OVER () - 1 AS nth FROM login_events LIMIT 1000) AS told ON nth = n % 1000
    ORDER BY n
"""
_LEFT = "SELECT count(*) FROM login_events WHERE received_at < now() - interval '184 days'"


def run(service: Running) -> None:
    """Prints the sizes of the tables, and logins and purge side by side."""
    report.section("What a row takes, in bytes, indexes counted")
    sizes.print_of_accounts(service)
    report.section(f"{EVENTS:,} old events on a durable PostgreSQL")
    with psycopg.connect(service.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        began = time.perf_counter()
        connection.execute("SET synchronous_commit = off")
        connection.execute(_FILL.format(accounts=ACCOUNTS, events=EVENTS))
        # It grows at its right end and is packed; here, what comes in now was there before.
        connection.execute("REINDEX INDEX ix_login_events_received_at")
        connection.execute("VACUUM (ANALYZE) login_events")
        connection.execute("CHECKPOINT")
        report.line("filling them in", time.perf_counter() - began, "s")
        sizes.print_table(connection, "login_events", EVENTS)
        _purge(service, connection)


def _purge(service: Running, connection: psycopg.Connection) -> None:
    """Logins before, during and after a purge, and the purge with logins and without."""
    before = _logins(service, 0)
    with _purging(service, connection):
        first, began = _left(connection), time.perf_counter()
        during = _logins(service, 1)
        second, between = _left(connection), time.perf_counter()
        time.sleep(SECONDS)
        last, ended = _left(connection), time.perf_counter()
        assert last > 0, "the purge was over too soon to be measured beside"
    after = _logins(service, 2)
    report.section(f"Logins, one a request, 8 connections, {SECONDS:.0f} s each")
    report.line("before the purge", before.per_second, "/s")
    _beside("during it", during, before)
    _beside("after it", after, before)
    report.line("rows purged beside logins", (first - second) / (between - began), "/s")
    report.line("rows purged, nothing beside it", (second - last) / (ended - between), "/s")


def _beside(when: str, rate: Rate, before: Rate) -> None:
    report.line(when, rate.per_second, "/s", floor=before.per_second, floor_name="before")
    report.line("   median", rate.median_ms, "ms", floor=before.median_ms, floor_name="before")
    report.line("   p99", rate.p99_ms, "ms", floor=before.p99_ms, floor_name="before")


def _logins(service: Running, nth: int) -> Rate:
    service.renew_tokens()
    first = 2_000_000 + nth * REQUESTS
    events = [logins.single(service, logins.event(first + n)) for n in range(REQUESTS)]
    rate = http_rate(service.port, events, seconds=SECONDS)
    assert rate.failed == 0, f"{rate.failed} logins failed"
    return rate


@contextmanager
def _purging(service: Running, connection: psycopg.Connection) -> Iterator[None]:
    """The worker's own duty, in a process of its own, from its first batch until the block ends."""
    command = [sys.executable, "-m", "secmon", "worker", "--once", "purge-logins"]
    worker = subprocess.Popen(command, env=service.environment)
    try:
        give_up = time.monotonic() + BEGINS_WITHIN_S
        while _left(connection) == EVENTS:
            assert time.monotonic() < give_up, "the purge did not begin"
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def _left(connection: psycopg.Connection) -> int:
    row = connection.execute(_LEFT).fetchone()
    assert row is not None
    return int(row[0])
