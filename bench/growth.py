"""Does a login cost more when more is stored? All of the wallet's past, and one account's."""

from __future__ import annotations

import statistics

import psycopg

from bench import report
from bench.bare import ACCOUNTS
from bench.load import http_rate
from bench.logins import batch, event, single
from bench.running import Running
from secmon.logins.models import StoredLogin

FEW, MANY = 20_000, 2_000_000
SECONDS = 6.0
BUSY_EVENTS, BATCH = 100_000, 500
# Numbers of events, apart from those of the other benchmarks in one database.
FIRST_FEW, FIRST_MANY, FIRST_BUSY, FIRST_PAIRED = 10_000_000, 11_000_000, 12_000_000, 13_000_000
ROUNDS, REQUESTS = 5, 60
# A copy of a stored login differs in its id, and came in before it.
_CHANGED = {
    "event_id": "'c' || nth || '-' || event_id",
    "received_at": "received_at - nth * interval '1 hour'",
}
_COLUMNS = [column.name for column in StoredLogin.__table__.columns]
_COPY = f"""
    INSERT INTO login_events ({", ".join(_COLUMNS)})
    SELECT {", ".join(_CHANGED.get(name, name) for name in _COLUMNS)}
    FROM login_events, generate_series(1, %(copies)s) AS nth
"""  # noqa: S608 - the names are our own


def run(service: Running) -> None:
    """Prints the cost of a login with few and many events stored, and of an account with a long past."""
    report.section("Growth: one event a request, durable commit")
    batches = [batch(service, 3_000 + number) for number in range(FEW // BATCH)]
    assert http_rate(service.port, batches, seconds=120, connections=1).failed == 0
    few = _rate(service, FIRST_FEW)
    with psycopg.connect(service.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        stored = _count(connection)
        connection.execute(_COPY, {"copies": MANY // stored})
        connection.execute("VACUUM (ANALYZE) login_events")
        connection.execute("CHECKPOINT")
        many = _rate(service, FIRST_MANY)
        total = _count(connection)
    report.line(
        f"with {total:,} events stored, an event",
        1e3 / many,
        "ms",
        floor=1e3 / few,
        floor_name=f"with {stored:,}",
        goal="<= 1.2",
    )
    _long_past(service)


def _rate(service: Running, first: int) -> float:
    requests = [single(service, event(first + number)) for number in range(30_000)]
    rate = http_rate(service.port, requests, seconds=SECONDS)
    assert rate.failed == 0, f"{rate.failed} logins failed"
    return rate.per_second


def _long_past(service: Running) -> None:
    """One account after a hundred thousand logins, in turn with one after ten."""
    first = FIRST_BUSY // BATCH
    batches = [batch(service, first + nth, account=0) for nth in range(BUSY_EVENTS // BATCH)]
    assert http_rate(service.port, batches, seconds=300, connections=1).failed == 0
    busy, quiet = list[float](), list[float]()
    for nth in range(ROUNDS):
        numbers = range(FIRST_PAIRED + nth * REQUESTS, FIRST_PAIRED + (nth + 1) * REQUESTS)
        for account, medians in ((0, busy), (ACCOUNTS + 1, quiet)):
            requests = [single(service, event(number, account=account)) for number in numbers]
            medians.append(http_rate(service.port, requests, seconds=60, connections=1).median_ms)
    report.line(
        f"an account of {BUSY_EVENTS:,} logins, median",
        statistics.median(busy),
        "ms",
        floor=statistics.median(quiet),
        floor_name="of a few",
        goal="<= 1.3",
    )


def _count(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM login_events").fetchone()
    assert row is not None
    return int(row[0])
