"""A million old events: the room that they take, and what purging them costs the logins beside it."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg

from bench import logins, report, sizes
from bench.load import Rate, http_rate
from bench.running import Running

EVENTS = 1_000_000
# Accounts that the old events are of; the logins beside the purge are of `logins.ACCOUNTS` others.
ACCOUNTS = 100_000
SECONDS = 12.0
# Ready-made, and never used up.
REQUESTS = 40_000
INDEXES = {
    "ix_login_events_occurred": "CREATE INDEX {} ON login_events (account_id, occurred_at, event_id)",
    "ix_login_events_received_at": "CREATE INDEX {} ON login_events (received_at)",
}
# Events as the service stored them, with other ids and older: 36 characters each, as UUIDs are.
_FILL = """
    INSERT INTO login_events
    SELECT CAST(md5('account' || n % {accounts}) AS uuid), CAST(md5('event' || n) AS uuid), old, old,
           outcome, failure_reason, ip, user_agent, device_id, session_id, channel, amr, place,
           decision, learnt, assessment, challenge
    FROM generate_series(0, {events} - 1) AS n
    CROSS JOIN LATERAL (SELECT now() - interval '200 days' - n * interval '10 seconds' AS old) AS times
    JOIN (SELECT *, row_number() OVER () - 1 AS nth FROM login_events LIMIT 1000) AS told ON nth = n % 1000
"""


def run(service: Running) -> None:
    """Prints the sizes of the tables, and logins and purge side by side."""
    report.section("What is stored, in bytes, indexes counted")
    sizes.print_of_accounts(service)
    report.section(f"{EVENTS:,} old events on a durable PostgreSQL")
    began = time.perf_counter()
    with psycopg.connect(service.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        _fill(connection)
        report.line("filling them in", time.perf_counter() - began, "s")
        sizes.print_table(connection, "login_events", EVENTS)
    _purge(service)


def _fill(connection: psycopg.Connection) -> None:
    connection.execute("SET synchronous_commit = off")
    for name in INDEXES:
        connection.execute(f"DROP INDEX {name}")
    connection.execute(_FILL.format(accounts=ACCOUNTS, events=EVENTS))
    for name, create in INDEXES.items():
        connection.execute(create.format(name))
    connection.execute("VACUUM (ANALYZE) login_events")
    connection.execute("CHECKPOINT")


def _purge(service: Running) -> None:
    """Logins before, during and after; the purge is the worker's own, in a process of its own."""
    before = _logins(service, 0)
    with ThreadPoolExecutor(1) as pool:
        purge = pool.submit(_worker, service)
        during = _logins(service, 1)
        assert not purge.done(), "the purge was over too soon to be measured beside"
        gone, seconds = purge.result()
    after = _logins(service, 2)
    assert gone == EVENTS, gone
    report.section(f"Logins, one a request, 8 connections, {SECONDS:.0f} s each")
    report.line("before the purge", before.per_second, "/s")
    _beside("during it", during, before)
    _beside("after it", after, before)
    report.line("rows purged", gone / seconds, "/s")


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


def _worker(service: Running) -> tuple[int, float]:
    """How many events went, and the seconds that it took."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "secmon", "worker", "--once", "purge-logins"]
    ended = subprocess.run(command, env=service.environment, capture_output=True, text=True, check=True)
    found = re.search(r"purge-logins: (\d+) done", ended.stdout)
    assert found is not None, ended.stdout
    return int(found[1]), time.perf_counter() - began
