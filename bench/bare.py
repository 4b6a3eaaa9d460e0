"""The floor of a login: its very statements straight through psycopg, in the service's two round trips."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import Dialect, create_engine

from secmon.accounts import locking
from secmon.database.rows import ROWS, encode, gathered
from secmon.database.statements import Query
from secmon.devices import statements as devices
from secmon.logins import statements
from secmon.risk.profile import Profile

ACCOUNTS = 2_000
IP, NETWORK = "60.1.2.3", "60.1.2.0/24"
_PROFILE = Profile().encode() + " " * 1500
_ANSWER = json.dumps({"assessment": "x" * 900})
Act = Callable[[int], Callable[[int], None]]


def one_login(url: str) -> Act:
    """Login `number` of its own account, as `load.direct_rate` wants it."""
    return _acting(url, lambda number, _: (_reads(number), writes_of(number)))


def one_batch(url: str, size: int, first: int) -> Act:
    """`size` logins of as many accounts in one transaction, one statement a table; none before `first`."""

    def queries(number: int, dialect: Dialect) -> tuple[Sequence[Query], Sequence[Query]]:
        numbers = range(first + number * size, first + (number + 1) * size)
        # In one order, for two batches may share an account.
        writes = [query for at in sorted(numbers, key=account_of) for query in writes_of(at)]
        return _reads_of_many(numbers, dialect), gathered(writes, dialect)

    return _acting(url, queries)


def _acting(url: str, queries: Callable[[int, Dialect], tuple[Sequence[Query], Sequence[Query]]]) -> Act:
    dialect = create_engine(url).dialect

    def sent(connection: psycopg.Connection, query: Query) -> psycopg.Cursor:
        command = query.statement.command(dialect)
        given = {**command.constants, **query.parameters}
        return connection.execute(command.sql, [given[name] for name in command.names], prepare=True)

    def worker(_number: int) -> Callable[[int], None]:
        # In autocommit psycopg leaves BEGIN and COMMIT to us: each of its own costs a round trip more.
        connection = psycopg.connect(
            url.replace("+psycopg", ""), autocommit=True, cursor_factory=psycopg.RawCursor
        )

        def do(number: int) -> None:
            reads, writes = queries(number, dialect)
            with connection.pipeline():
                connection.execute("BEGIN", prepare=False)
                cursors = [sent(connection, query) for query in reads]
            for cursor in cursors:
                cursor.fetchall()
            with connection.pipeline():
                for query in writes:
                    sent(connection, query)
                connection.execute("COMMIT", prepare=False)

        return do

    return worker


def account_of(number: int) -> str:
    """Whose login a number is."""
    return f"acct-{number % ACCOUNTS}"


def _install(number: int) -> str:
    return f"ins-{number % ACCOUNTS}"


def _minute() -> int:
    return int(datetime.now(UTC).timestamp()) // 60


def _reads(number: int) -> list[Query]:
    account_id, device = account_of(number), _install(number)
    source = {"minute": _minute(), "minutes": 10, "account_id": account_id}
    return [
        locking.LOCK(account_id=account_id),
        statements.STATE(account_id=account_id, event_id=f"bare-{number}"),
        devices.KNOWN(account_id=account_id),
        statements.MARKED_BY_NETWORK(ip=IP, network=NETWORK, **source),
        statements.FAILED_BY_DEVICE(device_id=device, **source),
        devices.OTHER_ACCOUNTS(install_id=device, account_id=account_id),
    ]


def _reads_of_many(numbers: range, dialect: Dialect) -> list[Query]:
    last = _minute()
    names = {ROWS: encode([[account] for account in sorted(map(account_of, numbers))], dialect)}
    keys = {ROWS: encode([[account_of(number), f"bare-{number}"] for number in numbers], dialect)}
    sources = [[account_of(number), IP, NETWORK, _install(number), last, last - 9] for number in numbers]
    return [
        locking.LOCK_MANY(**names),
        statements.REPORTED(**keys),
        statements.PROFILES(**names),
        devices.KNOWN_OF_MANY(**names),
        statements.SOURCES(**{ROWS: encode(sources, dialect)}),
        statements.POLICY_VERSIONS(),
    ]


def writes_of(number: int) -> list[Query]:
    """What one login stores."""
    account_id, device, now = account_of(number), _install(number), datetime.now(UTC)
    row: dict[str, Any] = {
        **dict.fromkeys(statements.STORE_EVENT.parameter_names),
        "account_id_": account_id,
        "event_id_": f"bare-{number}",
        "occurred_at_": now,
        "received_at_": now,
        "outcome_": "success",
        "ip_": IP,
        "user_agent_": "UWallet/5.2.0 (Android 14; Xiaomi 2201123C; zh_CN)",
        "decision_": "allow",
        "learnt_": True,
        "assessment_": _ANSWER,
    }
    seen: dict[str, Any] = {
        **dict.fromkeys(devices.SEEN.parameter_names),
        "account_id_": account_id,
        "device_key_": device,
        "install_id_": device,
        "traits_": "{}",
        "trusted_": False,
        "known_since_": now,
        "first_seen_at_": now,
        "last_seen_at_": now,
    }
    return [
        statements.STORE_EVENT(**row),
        devices.SEEN(**seen),
        statements.STORE_PROFILE(account_id_=account_id, profile_=_PROFILE),
    ]
