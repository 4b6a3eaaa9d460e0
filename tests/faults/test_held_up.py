"""F05: a held lock or a slow statement costs one account its answers, and no other account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import psycopg
import pytest
from psycopg import sql

from tests.faults import asking
from tests.faults.checker import assert_consistent
from tests.faults.record import Record, Request
from tests.faults.site import Site
from tests.faults.traffic import settle
from tests.faults.waiting import until

HELD_UP, OTHER = "acct-held-up", "acct-other"
# Far less than what holds them up takes.
GIVEN_UP_WITHIN_S = 20.0
# As a disk that is worn out under a part of a table would.
BE_SLOW = """
CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$
"""
# What a statement waits for that is held up by either.
STILL_WAITING = """
SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND datname = current_database()
        AND state = 'active' AND (wait_event_type = 'Lock' OR wait_event = 'PgSleep')
"""
SLOW_INSERTS = """
CREATE TRIGGER slow BEFORE INSERT ON {} FOR EACH ROW WHEN (NEW.account_id = {}) EXECUTE FUNCTION be_slow()
"""


@contextmanager
def held_lock(database: psycopg.Connection) -> Iterator[None]:
    """Somebody took the account's row, and does not give it back."""
    with database.transaction():
        database.execute("SELECT FROM accounts WHERE account_id = %s FOR UPDATE", [HELD_UP])
        yield


@contextmanager
def slow_statements(database: psycopg.Connection) -> Iterator[None]:
    """Each row that is written of the account takes a minute."""
    tables = [sql.Identifier(name) for name in ("login_events", "audit_entries")]
    database.execute(BE_SLOW)
    for table in tables:
        database.execute(sql.SQL(SLOW_INSERTS).format(table, sql.Literal(HELD_UP)))
    yield
    for table in tables:
        database.execute(sql.SQL("DROP TRIGGER slow ON {}").format(table))


@pytest.mark.parametrize("held_up", [held_lock, slow_statements])
def test_F05_one_account_waits_in_vain_and_the_others_go_on(
    site: Site, held_up: Callable[[psycopg.Connection], AbstractContextManager[None]]
) -> None:
    record = Record()
    url = site.database_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as database, ThreadPoolExecutor(3) as pool:
        for account_id in (HELD_UP, OTHER):
            _send(site, record, asking.login(account_id))
        with held_up(database):
            waiting = [asking.login(HELD_UP), asking.freeze(HELD_UP), asking.change(HELD_UP, "phone")]
            sent = [pool.submit(_send, site, record, request) for request in waiting]
            served = _serve_others(site, record, sent)
            for request in waiting:
                assert (request.attempts[0].status, request.attempts[0].code) == (503, "unavailable")
                assert int(request.attempts[0].retry_after or 0) >= 1
            # Nor does the server go on with what was refused: its connections are few.
            until(partial(_nobody_waits, database), "no statement waits any more", GIVEN_UP_WITHIN_S)
        assert served >= 1
        # Nothing of it was done; asked again, it is done once.
        for request in waiting:
            with site.client(request.role) as client:
                settle(request, client)
    assert_consistent(site.database, record)


def _serve_others(site: Site, record: Record, sent: list[Future[None]]) -> int:
    """How many rounds of requests of another account were answered before the ones that wait."""
    rounds = 0
    while not any(waiting.done() for waiting in sent):
        for request in (asking.login(OTHER), asking.case(OTHER), asking.standing(OTHER)):
            _send(site, record, request)
            assert request.attempts[0].status in {200, 201}
        # Whoever only reads waits for nobody's lock.
        gate = asking.standing(HELD_UP)
        _send(site, record, gate)
        assert gate.attempts[0].status == 200
        rounds += 1
    for waiting in sent:
        waiting.result()
    return rounds


def _nobody_waits(database: psycopg.Connection) -> bool:
    return database.execute(STILL_WAITING).fetchone() == (0,)


def _send(site: Site, record: Record, request: Request) -> None:
    record.begin(request)
    with site.client(request.role) as client:
        request.answer = request.send(client)
