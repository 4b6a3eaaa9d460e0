"""F14: each owner is reminded once, however many workers run or die."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, func, select, text

from secmon.accounts import service as accounts
from secmon.core.actor import SYSTEM
from secmon.credentials import reminders
from secmon.credentials.age import Reminding
from secmon.database.engine import Database, make_engine
from secmon.outbox.models import OwedMessage
from tests.credentials.owner import REMINDING
from tests.databases import fresh_database
from tests.service import START, TEST_KEYS, FakeClock

# Some batches, so that workers meet.
DUE = 3 * reminders.BATCH
ENDS_WITHIN_S = 60

_ACCOUNTS = """
    INSERT INTO accounts (account_id, standing, version, required_actions, restrictions, locale,
                          password_watched, created_at)
    SELECT 'acct-' || n, 'active', 1, '{}', '[]', 'en', true, now() FROM generate_series(1, :due) n
"""
_PASSWORDS = """
    INSERT INTO password_states (account_id, changed_at, reminded_stage, dismissed_stage, next_reminder_at)
    SELECT account_id, CAST(:now AS timestamptz) - interval '91 days', 0, 0, CAST(:now AS timestamptz)
    FROM accounts
"""


class Died(Exception):
    """A worker that is killed goes no further."""


@contextmanager
def due_accounts(now: datetime) -> Iterator[Database]:
    """A PostgreSQL of `DUE` accounts whose owners are to be reminded at `now`."""
    database = Database(make_engine(fresh_database("postgresql")), FakeClock(now))
    with database.work(SYSTEM) as work:
        work.session.execute(text(_ACCOUNTS), {"due": DUE})
        work.session.execute(text(_PASSWORDS), {"now": now})
    yield database
    database.dispose()


def told(database: Database) -> tuple[int, int]:
    """How many owners were told, and how many messages that took."""
    with database.work(SYSTEM, write=False) as work:
        owners = func.count(OwedMessage.account_id.distinct())
        row = work.session.execute(select(owners, func.count())).one()
    return row[0], row[1]


def remind_and_die(database: Database) -> None:
    with database.work(SYSTEM) as work:
        assert reminders.remind(work, REMINDING) == reminders.BATCH
        raise Died


def run_all(database: Database, reminding: Reminding = REMINDING) -> int:
    done = total = reminders.run(database, reminding)
    while done:
        done = reminders.run(database, reminding)
        total += done
    return total


def test_workers_share_the_work_and_none_does_it_twice() -> None:
    with due_accounts(START) as database, ThreadPoolExecutor(4) as workers:
        done = list(workers.map(run_all, [database] * 4))
        assert sum(done) == DUE
        assert told(database) == (DUE, DUE)


def test_a_worker_that_dies_before_its_commit_has_told_nobody() -> None:
    with due_accounts(START) as database:
        with pytest.raises(Died):
            remind_and_die(database)
        assert told(database) == (0, 0)
        run_all(database)
        assert told(database) == (DUE, DUE)


def test_a_worker_that_comes_in_between_tells_nobody_whom_another_one_is_about_to_tell() -> None:
    with due_accounts(START) as database:
        others = iter([run_all])

        def come_in_between(_line: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            # Who is due is read by now, and their accounts are not locked yet.
            if "FROM accounts" in statement:
                for other in others:
                    other(database)

        event.listen(database.engine, "before_cursor_execute", come_in_between)
        with database.work(SYSTEM) as work:
            assert reminders.remind(work, REMINDING) == reminders.BATCH
        assert told(database) == (DUE, DUE)


def test_a_busy_account_is_passed_over_and_not_forgotten() -> None:
    with due_accounts(START) as database:
        with database.work(SYSTEM) as busy:
            accounts.lock(busy, "acct-7")
            assert run_all(database) == DUE - 1
        assert run_all(database) == 1
        assert told(database) == (DUE, DUE)


def test_two_worker_processes_remind_each_owner_once(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with due_accounts(now - timedelta(minutes=1)) as database:
        remind_in_processes(database, now, tmp_path)
        assert told(database) == (DUE, DUE)


def test_F11_no_storm_follows_when_a_clock_that_was_a_year_ahead_is_right_again(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with due_accounts(now - timedelta(minutes=1)) as database:
        ahead = Database(database.engine, FakeClock(now + timedelta(days=365)))
        # By day, where these owners live.
        run_all(ahead, Reminding(REMINDING.age, ZoneInfo(where_it_is_noon(now))))
        assert told(database) == (DUE, DUE)
        remind_in_processes(database, now, tmp_path)
        assert told(database) == (DUE, DUE)


def remind_in_processes(database: Database, now: datetime, var_dir: Path) -> None:
    """Two workers at once do all there is, and end."""
    environment = os.environ | {
        "SECMON_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "SECMON_KEYS": f"test={b64encode(TEST_KEYS.keys['test']).decode()}",
        "SECMON_VAR_DIR": str(var_dir),
        "SECMON_LOG_LEVEL": "critical",
        "SECMON_OWNER_ZONE": where_it_is_noon(now),
    }
    command = [sys.executable, "-m", "secmon", "worker", "--once", "remind-passwords"]
    running = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [worker.wait(ENDS_WITHIN_S) for worker in running] == [0, 0]


def where_it_is_noon(now: datetime) -> str:
    """A zone about there: they are 14 hours ahead of UTC at most, 12 behind."""
    return f"Etc/GMT{now.hour - 12:+d}"
