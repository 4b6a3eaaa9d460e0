"""Migrations are numbered, have one head, say what the tables say, and go down and up again."""

from __future__ import annotations

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from secmon import migrating
from secmon.core.database import make_engine
from secmon.models import Base
from tests.databases import empty_database, fresh_database


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
        assert compare_metadata(context, Base.metadata) == []
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
