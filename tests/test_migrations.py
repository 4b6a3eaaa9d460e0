"""Migrations are numbered in one line, say what the tables say, go down and up, and only ever add."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from secmon.database import migrating
from secmon.database.engine import SILENCE_S, make_engine
from secmon.house import METADATA
from tests.databases import empty_database, fresh_database
from tests.expanding import broken_promises, schema_of

ENDS_WITHIN_S = 120
SLOW_STEPS = f"""
CREATE FUNCTION be_slow() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep({SILENCE_S + 1}); END $$;
CREATE EVENT TRIGGER slow ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION be_slow();
"""
# What a step takes from the release before it, by its number, and only where that release does without.
TAKEN_AWAY: dict[str, set[str]] = {}

# What somebody may write into a step, and what the previous release would miss.
CHANGES = {
    "DROP TABLE devices": ["table devices is gone"],
    "ALTER TABLE devices RENAME TO phones": ["table devices is gone"],
    "ALTER TABLE accounts DROP COLUMN phone": ["column accounts.phone is gone"],
    "ALTER TABLE accounts RENAME COLUMN phone TO mobile": ["column accounts.phone is gone"],
    "ALTER TABLE accounts ADD tier text NOT NULL": ["column accounts.tier must be given"],
    "ALTER TABLE accounts ADD tier text NOT NULL DEFAULT 'gold', ADD note text": [],
    "ALTER TABLE accounts ALTER email SET NOT NULL": ["column accounts.email may not be empty any more"],
    "ALTER TABLE accounts ALTER password_watched DROP DEFAULT": [
        "column accounts.password_watched has lost its default"
    ],
    "ALTER TABLE accounts ALTER locale TYPE varchar(5)": ["column accounts.locale is no VARCHAR(8) any more"],
    "ALTER TABLE accounts ALTER locale TYPE varchar(35)": [],
    "ALTER TABLE accounts ALTER locale TYPE text": [],
    "CREATE UNIQUE INDEX one_locale ON accounts (locale)": ["accounts: new unique index one_locale"],
    "CREATE INDEX some_locale ON accounts (locale)": [],
    "ALTER TABLE accounts ADD CHECK (version > 0)": ["accounts: new check version > 0"],
    "CREATE TABLE tiers (name text NOT NULL PRIMARY KEY)": [],
}


def test_migrations_are_numbered_in_one_line() -> None:
    scripts = ScriptDirectory("migrations")
    assert len(scripts.get_heads()) == 1
    numbers = sorted(script.revision for script in scripts.walk_revisions())
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    for script in scripts.walk_revisions():
        assert re.fullmatch(rf".*/{script.revision}_[a-z0-9_]+\.py", script.path)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_migrated_schema_is_what_the_models_say(kind: str) -> None:
    engine = make_engine(fresh_database(kind))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_migrations_go_down_and_up_again(kind: str) -> None:
    engine = make_engine(empty_database(kind))
    migrating.upgrade(engine)
    migrating.downgrade(engine, "base")
    assert migrating.current(engine) is None
    migrating.upgrade(engine)
    assert migrating.current(engine) == migrating.head()
    engine.dispose()


def test_processes_that_start_at_once_migrate_once() -> None:
    url = empty_database("postgresql")
    environment = os.environ | {"SECMON_DATABASE_URL": url, "SECMON_KEYS": f"k={'A' * 43}="}
    upgrade = [sys.executable, "-m", "secmon", "db", "upgrade"]
    processes = [
        subprocess.Popen(
            upgrade, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=ENDS_WITHIN_S)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    engine = make_engine(url)
    assert migrating.current(engine) == migrating.head()
    engine.dispose()


def test_f14_each_step_only_adds_so_that_the_previous_release_goes_on() -> None:
    """Nothing is dropped, renamed or narrowed, and old tables demand nothing new of who writes them."""
    engine = make_engine(empty_database("postgresql"))
    schemas = []
    for revision in sorted(script.revision for script in ScriptDirectory("migrations").walk_revisions()):
        migrating.upgrade(engine, revision)
        with engine.connect() as connection:
            schemas.append((revision, schema_of(connection)))
    engine.dispose()
    broken = {
        revision: broken_promises(before, after)
        for (_, before), (revision, after) in itertools.pairwise(schemas)
    }
    assert {revision: found for revision, found in broken.items() if found} == TAKEN_AWAY


def test_what_the_previous_release_would_fail_on_is_seen() -> None:
    engine = make_engine(fresh_database("postgresql"))
    with engine.connect() as connection:
        before = schema_of(connection)
        for change, found in CHANGES.items():
            with connection.begin_nested() as step:
                connection.execute(text(change))
                assert broken_promises(before, schema_of(connection)) == set(found), change
                step.rollback()
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_newer_release_s_schema_is_left_as_it_is(kind: str) -> None:
    engine = make_engine(fresh_database(kind))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    migrating.upgrade(engine)
    assert migrating.current(engine) == "9999"
    engine.dispose()


def test_a_step_takes_as_long_as_it_takes() -> None:
    """Longer than a request would wait for its answer, as an index on a large table does."""
    engine = make_engine(empty_database("postgresql"), statement_timeout_ms=100)
    migrating.upgrade(engine, "0008")
    with engine.begin() as connection:
        connection.execute(text(SLOW_STEPS))
    migrating.upgrade(engine, "0009")
    assert migrating.current(engine) == "0009"
    engine.dispose()
