"""What a login costs does not grow with how loud its source is, or how many accounts share its device."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import func, insert, select

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from secmon.devices import statements as devices
from secmon.devices.models import Device
from secmon.logins import statements
from secmon.logins.models import EntryMark, FailureMark
from tests.databases import fresh_database
from tests.logins.factories import login
from tests.service import START, Service
from tools.plans import Plan, explained

SHARED, ACCOUNTS = "0", 20_000
MINUTE = 29_000_000


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A device id that twenty thousand accounts name, and a network that failed on a thousand of them."""
    opened = Database(make_engine(fresh_database("postgresql")))
    with opened.work(SYSTEM) as work:
        work.session.execute(insert(Device), [shared_device(number) for number in range(ACCOUNTS)])
        work.session.execute(insert(FailureMark), [failure(number) for number in range(ACCOUNTS)])
        entries = [entry(failure(number)) for number in range(ACCOUNTS)]
        work.session.execute(insert(EntryMark), entries)
    with opened.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    yield opened
    opened.dispose()


def shared_device(number: int) -> dict[str, object]:
    seen = {"first_seen_at": START, "last_seen_at": START, "known_since": START}
    key = {"account_id": f"acct-{number}", "device_key": SHARED, "install_id": SHARED}
    return {**key, **seen, "traits": "{}", "trusted": False}


def failure(number: int) -> dict[str, object]:
    network = "198.51.100.0/24" if number % 20 == 0 else f"100.{64 + number // 256}.{number % 256}.0/24"
    source = {"ip": network, "network": network, "device_id": ""}
    return {"account_id": f"acct-{number}", "minute": MINUTE - number // 20 % 10, **source}


def entry(failed: dict[str, object]) -> dict[str, object]:
    return {name: failed[name] for name in ("account_id", "minute", "network")}


def rows_read(plan: Plan, table: str) -> int:
    return sum(int(node["Actual Rows"]) for node in plan.nodes() if node.get("Relation Name") == table)


def test_a_device_of_everybodys_is_looked_at_no_further_than_it_matters(database: Database):
    query = devices.OTHER_ACCOUNTS(install_id=SHARED, account_id="acct-7")

    def read() -> None:
        with database.work(SYSTEM, write=False) as work:
            connection = work.session.connection()
            found = connection.execute(query.statement.clause(connection.dialect), query.parameters)
            assert found.scalar_one() == devices.ENOUGH_ACCOUNTS

    (plan,) = explained(database.engine, read)
    assert not plan.scanned_whole()
    # Any order finds one that everybody has; another one is found by its own index alone.
    assert {node["Index Name"] for node in plan.nodes() if "Index Name" in node} == {"ix_devices_install"}
    assert rows_read(plan, "devices") < 10 * devices.ENOUGH_ACCOUNTS


def test_a_loud_network_is_counted_no_further_than_it_matters(database: Database):
    source = {"ip": "198.51.100.7", "network": "198.51.100.0/24", "account_id": "acct-7"}
    query = statements.MARKED_BY_NETWORK(**source, minute=MINUTE, minutes=10)

    def read() -> None:
        with database.work(SYSTEM, write=False) as work:
            connection = work.session.connection()
            found = connection.execute(query.statement.clause(connection.dialect), query.parameters).one()
            assert (found[0], found[1] >= statements.MOST_MARKS // 10) == (0, True)
            assert (found[2], found[3] >= statements.MOST_MARKS // 10) == (0, True)

    (plan,) = explained(database.engine, read)
    assert not plan.scanned_whole()
    assert rows_read(plan, "login_failure_marks") <= statements.MOST_MARKS
    assert rows_read(plan, "login_entry_marks") <= statements.MOST_MARKS


def test_a_flood_against_one_account_is_one_mark_a_source_and_minute(
    service: Service, wallet: httpx.Client, account_id: str
):
    for number in range(20):
        failed = {"outcome": "failure", "failure_reason": "bad_password", "device_id": f"dev-{number}"}
        event = login(account_id, ip=f"100.65.9.{number % 2 + 1}", **failed)
        wallet.post("/v1/login-events", json=event).raise_for_status()
    with service.work(write=False) as work:
        marks = select(FailureMark.network, func.count()).where(FailureMark.account_id == account_id)
        counted = sorted(map(tuple, work.session.execute(marks.group_by(FailureMark.network))))
    assert counted == [("", 20), ("100.65.9.0/24", 1), ("100.65.9.1", 1), ("100.65.9.2", 1)]
