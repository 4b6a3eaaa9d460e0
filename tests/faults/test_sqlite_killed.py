"""F01 on the embedded default: `kill -9` in the middle of writing loses nothing that was acknowledged."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import closing
from functools import partial
from threading import Semaphore
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url

from tests.cases import desk
from tests.databases import fresh_database
from tests.faults.writers import ANSWERED_WITHIN_S, Writer, at_once
from tests.processes import environment_of, running
from tests.service import NO_TLS

WRITERS = 8
# After how many answers each of the services is killed: soon, and when there is something to lose.
KILLED_AFTER = (1, 40, 90)
PER_ACCOUNT = """
    SELECT account_id FROM accounts WHERE standing = 'frozen' UNION ALL
    SELECT account_id FROM freezes WHERE status = 'active' UNION ALL
    SELECT account_id FROM cases WHERE holds_freeze UNION ALL
    SELECT account_id FROM audit_entries WHERE action = 'account.frozen' UNION ALL
    SELECT account_id FROM outbox_messages WHERE kind = 'account.frozen'
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    directory = tmp_path_factory.mktemp("killed")
    return environment_of(fresh_database("sqlite"), directory) | {"WEB_CONCURRENCY": "2"}


@pytest.fixture(scope="module")
def writers(environment: dict[str, str]) -> list[Writer]:
    """What they were told by services of which each was killed while they wrote."""
    known: list[Writer] = []
    for answers in KILLED_AFTER:
        with running(environment) as service:
            token, written = service.token("wallet"), Semaphore(0)
            now = [Writer(f"k{answers}-{nth}", service.url, token) for nth in range(WRITERS)]
            threads = at_once(partial(writer.write_until_it_dies, written.release) for writer in now)
            for _ in range(answers):
                assert written.acquire(timeout=ANSWERED_WITHIN_S)
            service.kill()
            done, _ = wait(threads, ANSWERED_WITHIN_S)
            assert [thread.exception() for thread in done] == [None] * WRITERS
        known += now
    return known


@pytest.fixture(scope="module")
def restarted(environment: dict[str, str], writers: list[Writer]) -> Iterator[httpx.Client]:
    """The wallet at the service that came back; `writers` comes first, so the file is what was left."""
    assert writers
    with running(environment) as service:
        headers = {"Authorization": f"Bearer {service.token('wallet')}"}
        with httpx.Client(
            base_url=service.url, headers=headers, timeout=ANSWERED_WITHIN_S, verify=NO_TLS
        ) as client:
            yield client


def test_F01_the_file_is_whole(environment: dict[str, str], writers: list[Writer]) -> None:
    assert sum(len(writer.events) for writer in writers) > 0
    with closing(_opened(environment)) as stored:
        assert stored.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert stored.execute("PRAGMA foreign_key_check").fetchall() == []


def test_F01_every_acknowledged_login_is_judged_as_before(
    writers: list[Writer], restarted: httpx.Client
) -> None:
    for writer in (writer for writer in writers if writer.events):
        again = restarted.post("/v1/login-events/batch", json={"events": list(writer.events.values())})
        for result in again.json()["results"]:
            assert result["status"] == "duplicate"
            assert _judged(result["assessment"]) == _judged(writer.answers[result["event_id"]])
            if result["assessment"]["account_id"] in writer.frozen:
                assert (result["assessment"]["decision"], result["assessment"]["standing"]) == (
                    "deny",
                    "frozen",
                )


def _judged(answer: dict[str, Any]) -> dict[str, Any]:
    """What the login was judged; what is made of it is what holds when somebody asks."""
    return {name: answer[name] for name in ("event_id", "account_id", "risk", "device", "alert_id")}


def test_F01_every_acknowledged_freeze_holds(writers: list[Writer], restarted: httpx.Client) -> None:
    frozen = [account_id for writer in writers for account_id in writer.frozen]
    assert frozen, "nobody froze anything before the service was killed"
    for account_id in frozen:
        assert desk.standing(restarted, account_id, "transfer")["allowed"] is False


def test_F01_no_freeze_is_half_done(environment: dict[str, str], writers: list[Writer]) -> None:
    """Standing, freeze, case, audit and message: all of them, or none."""
    with closing(_opened(environment)) as stored:
        found = Counter(row[0] for row in stored.execute(PER_ACCOUNT))
    assert found.keys() >= {account_id for writer in writers for account_id in writer.frozen}
    assert set(found.values()) == {5}


def _opened(environment: dict[str, str]) -> sqlite3.Connection:
    return sqlite3.connect(make_url(environment["SECMON_DATABASE_URL"]).database or "")
