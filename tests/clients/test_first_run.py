"""The first run of a new database."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from secmon.clients.first_run import CREDENTIALS_FILE, FirstRunRefused, ensure_first_run
from secmon.clients.models import Client, SigningKey
from secmon.clients.scopes import Role
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from secmon.settings.environment import Settings
from tests.databases import fresh_database
from tests.service import TEST_KEYS

DATABASES = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


def rows(database: Database) -> tuple[int, int]:
    with database.work(SYSTEM, write=False) as work:
        count = (select(func.count()).select_from(table) for table in (Client, SigningKey))
        clients, keys = (work.session.scalar(query) or 0 for query in count)
    return clients, keys


@DATABASES
def test_one_client_of_each_role_is_made_once(kind: str, tmp_path: Path) -> None:
    settings = Settings(fresh_database(kind), TEST_KEYS, tmp_path / "var")
    database = Database(make_engine(settings.database_url))
    file = settings.var_dir / CREDENTIALS_FILE

    made = ensure_first_run(database, settings)
    assert made.keys() == set(Role) - {Role.IMPORTER}
    assert json.loads(file.read_text()) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    kept = file.read_bytes()
    assert ensure_first_run(database, settings) == {}
    assert file.read_bytes() == kept
    assert rows(database) == (5, 1)
    database.dispose()


@DATABASES
def test_several_processes_may_run_first(kind: str, tmp_path: Path) -> None:
    settings = Settings(fresh_database(kind), TEST_KEYS, tmp_path)
    databases = [Database(make_engine(settings.database_url)) for _ in range(4)]
    with ThreadPoolExecutor() as threads:
        made = list(threads.map(lambda database: ensure_first_run(database, settings), databases))
    assert sum(bool(one) for one in made) == 1
    assert rows(databases[0]) == (5, 1)
    for database in databases:
        database.dispose()


def test_another_database_s_secrets_are_not_written_over(tmp_path: Path) -> None:
    databases = [Database(make_engine(fresh_database("sqlite"))) for _ in range(2)]
    settings = Settings("", TEST_KEYS, tmp_path)
    ensure_first_run(databases[0], settings)
    kept = (tmp_path / CREDENTIALS_FILE).read_bytes()
    with pytest.raises(FirstRunRefused, match="another database's clients"):
        ensure_first_run(databases[1], settings)
    assert (tmp_path / CREDENTIALS_FILE).read_bytes() == kept
    assert rows(databases[1]) == (0, 0)
    for database in databases:
        database.dispose()


def test_no_client_is_made_whose_secret_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "var"
    blocked.write_text("a file where the directory should be")
    settings = Settings(fresh_database("sqlite"), TEST_KEYS, blocked)
    database = Database(make_engine(settings.database_url))
    with pytest.raises(OSError, match="var"):
        ensure_first_run(database, settings)
    assert rows(database) == (0, 0)
    database.dispose()
