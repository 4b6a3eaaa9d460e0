"""How much room a row takes, packed, its indexes counted: of what the service itself has stored."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from psycopg import sql

from bench import logins, report
from bench.load import http_rate, http_request
from bench.running import Running

BATCHES = 20
FAILURES = 2_000
FREEZES = 500
_TABLES = ("accounts", "login_profiles", "devices", "login_failure_marks")
# What one freeze leaves behind.
_OF_A_FREEZE = ("freezes", "cases", "audit_entries", "outbox_messages")


def print_of_accounts(service: Running) -> None:
    """Logins, failures and freezes through the service; then the bytes of a row of each table."""
    batches = [logins.batch(service, 1_000 + number) for number in range(BATCHES)]
    failures = [_failure(service, number) for number in range(FAILURES)]
    freezes = [_freeze(service, number) for number in range(FREEZES)]
    with psycopg.connect(service.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        for requests in (batches, failures):
            assert http_rate(service.port, requests, seconds=120, connections=2).failed == 0
        _pack(connection, _TABLES)
        for table in _TABLES:
            report.line(f"{table}, a row", _total(connection, table) / _rows(connection, table), "bytes")
        before = {table: _rows(connection, table) for table in _OF_A_FREEZE}
        assert http_rate(service.port, freezes, seconds=120, connections=2).failed == 0
        _pack(connection, _OF_A_FREEZE)
        for table in _OF_A_FREEZE:
            rows = _rows(connection, table)
            share = (rows - before[table]) / FREEZES
            each = _total(connection, table) / rows
            report.line(f"{table}, {share:.0f} a freeze, a row", each, "bytes")


def print_table(connection: psycopg.Connection, table: str, rows: int) -> None:
    """The table and each of its indexes, in MB, and the bytes of a row."""
    query = """
        SELECT relname, pg_table_size(oid) FROM pg_class WHERE oid = CAST(%(table)s AS regclass)
        UNION ALL
        SELECT relname, pg_relation_size(oid) FROM pg_class JOIN pg_index ON indexrelid = oid
        WHERE indrelid = CAST(%(table)s AS regclass)
    """
    found = connection.execute(query, {"table": table}).fetchall()
    for name, size in found:
        report.line(f"{name}: {size / 1e6:,.0f} MB, a row", size / rows, "bytes")
    whole = sum(size for _, size in found)
    report.line(f"together: {whole / 1e6:,.0f} MB, a row", whole / rows, "bytes")


def _pack(connection: psycopg.Connection, tables: tuple[str, ...]) -> None:
    connection.execute(f"VACUUM (FULL, ANALYZE) {', '.join(tables)}")


def _total(connection: psycopg.Connection, table: str) -> int:
    return _one(connection, sql.SQL("SELECT pg_total_relation_size({})").format(table))


def _rows(connection: psycopg.Connection, table: str) -> int:
    return _one(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))


def _one(connection: psycopg.Connection, query: sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def _failure(service: Running, number: int) -> bytes:
    """Each on another account's own minute and address, so that each leaves its marks."""
    event: dict[str, Any] = logins.event(3_000_000 + number)
    return logins.single(service, {**event, "outcome": "failure", "failure_reason": "bad_password"})


def _freeze(service: Running, number: int) -> bytes:
    body = json.dumps({"reason": "theft_reported", "channel": "in_app"}).encode()
    path = f"/v1/accounts/frozen-{number}/freeze"
    return http_request("POST", path, service.tokens["wallet"], body)
