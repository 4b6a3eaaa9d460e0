"""A17: a freeze through one process against the gate of another, a thousand times."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import httpx
import pytest

from secmon.accounts import service as accounts
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from tests.cases import desk
from tests.databases import fresh_database
from tests.processes import processes
from tests.service import NO_TLS

ROUNDS = 1_000
GIVES_UP_AFTER_S = 20


@pytest.fixture
def two_processes(tmp_path: Path) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """The wallet, at two services on one PostgreSQL; the accounts `acct-0` to `acct-999` are active."""
    url = fresh_database("postgresql")
    database = Database(make_engine(url))
    with database.work(SYSTEM) as work:
        for nth in range(ROUNDS):
            accounts.lock_or_create(work, f"acct-{nth}")
    database.dispose()
    with processes(2, url, tmp_path) as (urls, token):
        headers = {"Authorization": f"Bearer {token}"}
        one, other = (httpx.Client(base_url=url, headers=headers, verify=NO_TLS) for url in urls)
        with one, other:
            yield one, other


def test_A17_no_gate_says_allowed_once_a_freeze_was_answered(
    two_processes: tuple[httpx.Client, httpx.Client],
) -> None:
    freezing, asking = two_processes
    allowed_before = 0
    with ThreadPoolExecutor(1) as pool:
        for nth in range(ROUNDS):
            start, answered = Barrier(2), Event()

            def freeze(account: str, start: Barrier = start, answered: Event = answered) -> None:
                start.wait(GIVES_UP_AFTER_S)
                desk.freeze(freezing, account)
                answered.set()

            done = pool.submit(freeze, f"acct-{nth}")
            start.wait(GIVES_UP_AFTER_S)
            while True:
                was_answered = answered.is_set()
                gate = desk.standing(asking, f"acct-{nth}", "transfer")
                assert gate["allowed"] is (gate["standing"] == "active")
                allowed_before += gate["allowed"]
                if was_answered:
                    break
            assert gate["allowed"] is False, nth
            done.result(GIVES_UP_AFTER_S)
    # The two did meet: the gate was asked while the account was still active.
    assert allowed_before > ROUNDS / 10
