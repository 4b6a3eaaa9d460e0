"""R30: what is kept for how long, what an open case holds, and who deletes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, func, select

from secmon.accounts import service as account_service
from secmon.accounts.models import Account
from secmon.cases import service as case_service
from secmon.cases.models import Case
from secmon.core.actor import SYSTEM
from secmon.core.clock import system_clock
from secmon.database.engine import Database
from secmon.database.tables import Base
from secmon.house import METADATA
from secmon.logins.models import StoredLogin
from secmon.logins.stored import EVENTS_AT_ONCE
from secmon.settings.environment import Settings, SettingsError
from tests.cases import desk
from tests.databases import fresh_database
from tests.logins.factories import login
from tests.service import Service
from tests.worker.aged import DAY, EVENTS, NOT_BY_DAYS, RECORDS, STAYS, Aged, aged, duty_of
from tests.worker.conftest import Installation

GIVEN = {"SECMON_KEYS": "k1=" + "A" * 43 + "="}
ENDS_WITHIN_S = 120


@pytest.fixture(params=["sqlite", "postgresql"])
def past(request: pytest.FixtureRequest, tmp_path: Path, account_id: str) -> Iterator[Aged]:
    past = aged(fresh_database(request.param), tmp_path, account_id)
    yield past
    past.service.stop()


def test_R30_every_table_by_account_is_of_a_class() -> None:
    by_account = {name for name, table in METADATA.tables.items() if "account_id" in table.c}
    assert by_account == EVENTS | RECORDS | STAYS | NOT_BY_DAYS


def test_R30_each_class_goes_in_its_time(past: Aged) -> None:
    closed_at = past.close_case()
    assert past.tables() == EVENTS | RECORDS | STAYS
    past.service.clock.now = closed_at + 183 * DAY
    past.purge()
    assert past.tables() == EVENTS | RECORDS | STAYS
    # What was held is kept from when it ended, a day later.
    past.service.clock.now = closed_at + 186 * DAY
    past.purge()
    assert past.tables() == RECORDS | STAYS
    past.service.clock.now = closed_at + 3652 * DAY
    past.purge()
    assert past.tables() == RECORDS | STAYS
    past.service.clock.now = closed_at + 3654 * DAY
    past.purge()
    assert past.tables() == STAYS


def test_R30_an_open_case_holds_everything_of_its_account(past: Aged) -> None:
    past.service.clock.advance(4000 * DAY)
    past.purge()
    assert past.tables() == EVENTS | RECORDS | STAYS
    past.close_case()
    past.purge()
    # What tells of the closing is new.
    assert past.tables() == {"outbox_messages"} | RECORDS | STAYS


def test_R30_a_later_case_holds_the_records_of_an_earlier_one(past: Aged) -> None:
    past.close_case()
    past.service.clock.advance(4000 * DAY)
    with past.service.client("agent") as agent:
        later = desk.open_case(agent, past.account_id)["case_id"]
        past.purge()
        assert past.tables() == EVENTS | RECORDS | STAYS
        desk.step(agent, later, "investigating", "resolved", "closed")
        past.purge()
        assert agent.get(f"/v1/cases/{past.case_id}").status_code == 404
        assert agent.get(f"/v1/cases/{later}").status_code == 200


def test_an_open_case_holds_nothing_of_another_account(past: Aged) -> None:
    other = login("another", occurred_at=past.service.clock.now.isoformat())
    with past.service.client("wallet") as wallet:
        wallet.post("/v1/login-events", json=other).raise_for_status()
    past.service.clock.advance(200 * DAY)
    duty_of(past.service, "count-population").do_all(past.service.database)
    assert duty_of(past.service, "purge-logins").do_all(past.service.database) == 1
    assert past.tables() == EVENTS | RECORDS | STAYS


def test_an_open_case_holds_no_closed_case_of_another_account(past: Aged) -> None:
    past.close_case()
    past.service.clock.advance(4000 * DAY)
    with past.service.client("agent") as agent:
        open_still = desk.open_case(agent, "another")["case_id"]
        past.purge()
        assert past.tables() == STAYS
        assert agent.get(f"/v1/cases/{past.case_id}").status_code == 404
        assert agent.get(f"/v1/cases/{open_still}").status_code == 200


@pytest.mark.parametrize(
    ("condition", "table"), [(case_service.holds, Case), (account_service.is_known, Account)]
)
def test_a_condition_on_an_account_means_that_one_even_in_its_own_table(
    condition: Callable[[Any], ColumnElement[bool]], table: type[Base]
) -> None:
    outer = select(table).where(condition(table.__table__.c.account_id))
    assert re.search(rf"{table.__tablename__}_1\.account_id = {table.__tablename__}\.account_id", str(outer))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_operator_chooses_how_long(kind: str, tmp_path: Path, account_id: str) -> None:
    past = aged(fresh_database(kind), tmp_path, account_id, events_kept_days=31, records_kept_days=184)
    closed_at = past.close_case()
    past.service.clock.now = closed_at + 33 * DAY
    past.purge()
    assert past.tables() == RECORDS | STAYS
    past.service.clock.now = closed_at + 185 * DAY
    past.purge()
    assert past.tables() == STAYS
    past.service.stop()


@pytest.mark.parametrize(
    ("name", "least"), [("SECMON_EVENTS_KEPT_DAYS", 31), ("SECMON_RECORDS_KEPT_DAYS", 184)]
)
def test_nobody_keeps_less_than_the_least(name: str, least: int) -> None:
    for refused in (str(least - 1), "-200", "200.5", "200 days", "１９０"):
        with pytest.raises(SettingsError, match=f"{name}: must be {least} days or more"):
            Settings.from_env({**GIVEN, name: refused})
    assert Settings.from_env({**GIVEN, name: str(least)})


def test_F14_two_workers_purge_every_event_once(installation: Installation, tmp_path: Path) -> None:
    count = 2 * EVENTS_AT_ONCE + 100
    _told_long_ago(installation.url, tmp_path, count).stop()
    workers = [installation.start_worker("--once", "purge-logins") for _ in range(2)]
    said = [worker.communicate(timeout=ENDS_WITHIN_S)[0] for worker in workers]
    done = [re.search(r"purge-logins: (\d+) done", output) for output in said]
    assert sum(int(found[1]) for found in done if found) == count, said
    assert _stored(installation.database) == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_held_is_found_when_it_is_held_no_longer(kind: str, tmp_path: Path) -> None:
    """A batch goes on behind what was passed over; the next sweep begins at the front again."""
    count, accounts = EVENTS_AT_ONCE + 200, 7
    service = _told_long_ago(fresh_database(kind), tmp_path, count, accounts)
    duty = duty_of(service, "purge-logins")
    with service.client("agent") as agent:
        case_id = desk.open_case(agent, "owner-0")["case_id"]
        service.clock.now = system_clock()
        held = count // accounts + 1
        assert duty.run(service.database) == EVENTS_AT_ONCE
        assert duty.do_all(service.database) == count - held - EVENTS_AT_ONCE
        desk.step(agent, case_id, "investigating", "resolved", "closed")
    assert duty.do_all(service.database) == held
    assert _stored(service.database) == 0
    service.stop()


def _told_long_ago(url: str, var_dir: Path, count: int, accounts: int = 7) -> Service:
    """A service that was told of `count` logins 200 days ago; its clock stands there still."""
    service = Service(url, var_dir)
    service.clock.now = system_clock() - timedelta(days=200)
    at = service.clock.now.isoformat()
    told = [login(f"owner-{n % accounts}", event_id=f"old-{n}", occurred_at=at) for n in range(count)]
    with service.client("wallet") as wallet:
        for first in range(0, count, 500):
            service.clock.advance(timedelta(seconds=1))
            batch = {"events": told[first : first + 500]}
            wallet.post("/v1/login-events/batch", json=batch).raise_for_status()
    duty_of(service, "count-population").do_all(service.database)
    return service


def _stored(database: Database) -> int:
    with database.work(SYSTEM, write=False) as work:
        return work.session.scalar(select(func.count()).select_from(StoredLogin)) or 0
