"""The embedded default under parallel writers: each waits for its turn, and each is answered."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.databases import fresh_database
from tests.faults.writers import Writer, at_once
from tests.processes import processes

WRITERS = 8
ROUNDS = 12
EVENTS = "SELECT event_id FROM login_events"
FROZEN = "SELECT account_id FROM accounts WHERE standing = 'frozen'"


@pytest.mark.parametrize("web_processes", ["1", "4"])
def test_eight_writers_at_once_are_all_answered_and_lose_nothing(tmp_path: Path, web_processes: str) -> None:
    url = fresh_database("sqlite")
    with processes(1, url, tmp_path, WEB_CONCURRENCY=web_processes) as (urls, token):
        writers = [Writer(f"w{nth}", urls[0], token) for nth in range(WRITERS)]
        for done in at_once(partial(writer.write, range(ROUNDS)) for writer in writers):
            done.result()
    refused = [status for writer in writers for status in writer.statuses if status not in {200, 201}]
    assert refused == []
    with closing(sqlite3.connect(make_url(url).database or "")) as stored:
        assert {row[0] for row in stored.execute(EVENTS)} == {name for one in writers for name in one.events}
        assert {row[0] for row in stored.execute(FROZEN)} == {name for one in writers for name in one.frozen}
        assert stored.execute("SELECT count(*) FROM freezes").fetchone() == (WRITERS * ROUNDS,)
