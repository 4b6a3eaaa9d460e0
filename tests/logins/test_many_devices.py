"""What a login costs does not grow with the devices that its account was ever used from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Dialect, event, insert

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from secmon.database.rows import ROWS, encode
from secmon.database.statements import Query
from secmon.devices import statements
from secmon.devices.models import Device
from secmon.devices.recognition import MOST_KNOWN
from tests.databases import fresh_database
from tests.service import START
from tools.plans import explained

BUSY, QUIET = "acct-busy", "acct-quiet"
DEVICES, OTHERS = 30_000, 2_000
INDEX = "ix_devices_known"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An account of very many devices among two thousand of one."""
    opened = Database(make_engine(fresh_database(request.param)))
    with opened.work(SYSTEM) as work:
        owners = [BUSY] * DEVICES + [QUIET] + [f"acct-{number}" for number in range(OTHERS)]
        work.session.execute(insert(Device), [device(owner, number) for number, owner in enumerate(owners)])
    if request.param == "postgresql":
        with opened.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE devices")
    yield opened
    opened.dispose()


def device(account_id: str, number: int) -> dict[str, object]:
    return {
        "account_id": account_id,
        "device_key": f"ins-{number}",
        "install_id": f"ins-{number}",
        "traits": json.dumps({"system": "Android", "model": "2201123C"}),
        "trusted": False,
        "known_since": START,
        "first_seen_at": START,
        "last_seen_at": START + timedelta(minutes=number),
    }


def one(_dialect: Dialect) -> Query:
    return statements.KNOWN(account_id=BUSY)


def many(dialect: Dialect) -> Query:
    return statements.KNOWN_OF_MANY(**{ROWS: encode([[BUSY], [QUIET]], dialect)})


def test_the_latest_devices_are_found(database: Database) -> None:
    with database.work(SYSTEM, write=False) as work:
        dialect = database.engine.dialect
        found, of_both = work.read(one(dialect), many(dialect))
    latest = [f"ins-{number}" for number in range(DEVICES - 1, DEVICES - 1 - MOST_KNOWN, -1)]
    assert [row[0] for row in found] == latest
    assert [row[:2] for row in of_both] == [(BUSY, key) for key in latest] + [(QUIET, f"ins-{DEVICES}")]


@pytest.mark.parametrize("asked", [one, many])
def test_they_come_from_an_index_and_no_more_of_them_than_matter(
    database: Database, asked: Callable[[Dialect], Query]
) -> None:
    dialect = database.engine.dialect
    query = asked(dialect)

    def read() -> None:
        with database.work(SYSTEM, write=False) as work:
            work.session.connection().execute(query.statement.clause(dialect), query.parameters)

    if dialect.name == "sqlite":
        assert [step for step in steps(database, read) if INDEX in step]
        assert not [step for step in steps(database, read) if "SCAN devices" in step]
        return
    (plan,) = explained(database.engine, read)
    scans = [node for node in plan.nodes() if node.get("Relation Name") == "devices"]
    assert {node["Index Name"] for node in scans} == {INDEX}
    assert all(node["Actual Rows"] <= MOST_KNOWN for node in scans)


def steps(database: Database, read: Callable[[], None]) -> list[str]:
    """SQLite's plans of what `read` sends, a line a step."""
    sent: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", remember)
    try:
        read()
    finally:
        event.remove(database.engine, "before_cursor_execute", remember)
    with database.engine.connect() as connection:
        return [
            row[3]
            for statement, parameters in sent
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
