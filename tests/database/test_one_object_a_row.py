"""A unit of work has one object of each row that it writes, and writes it once (R34)."""

from __future__ import annotations

import gc
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

import secmon.app
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.errors import is_transient, is_unavailable, sqlstate_of
from secmon.database.rows import KeyTwice, Storing, gathered
from secmon.database.statements import Statement
from secmon.database.work import RowHeldTwice
from secmon.logins import profiles
from secmon.risk.profile import Profile
from tests.service import Service

assert secmon.app  # Every statement of the service exists once its application was put together.
# What was imported is kept out of the collector's sight (`secmon.cli`, `tests/conftest.py`).
gc.unfreeze()
REWRITING = sorted(
    (one for one in gc.get_objects() if isinstance(one, Storing) and one.rewrites),
    key=lambda one: one.table_name,
)


def test_some_statements_rewrite_rows() -> None:
    assert {one.table_name for one in REWRITING} >= {"devices", "login_profiles"}


@pytest.mark.parametrize("statement", REWRITING, ids=lambda one: one.table_name)
def test_A52_a_key_twice_in_one_upsert_is_refused_before_the_database_is_asked(
    service: Service, statement: Storing
) -> None:
    row = _row(statement)
    other = {**row, statement.key[0]: "another"}
    with service.work(write=False) as work:
        assert len(gathered([statement(**row), statement(**other)], work.dialect)) == 1
        with pytest.raises(KeyTwice, match=statement.table_name):
            gathered([statement(**row), statement(**other), statement(**row)], work.dialect)


def test_the_second_reader_sees_what_the_first_has_changed(service: Service, account_id: str) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    with service.work() as work:
        for credential in ("phone", "email"):
            profile = profiles.read(work, account_id)
            profile.note_credential_change(at, credential, "user")
            profiles.keep(work, account_id, profile)
    with service.work(write=False) as work:
        assert {change[1] for change in profiles.read(work, account_id).changes} == {"phone", "email"}


def test_a_second_object_of_a_row_is_a_mistake(service: Service, account_id: str) -> None:
    with service.work() as work:
        profiles.keep(work, account_id, Profile())
        with pytest.raises(RowHeldTwice):
            profiles.keep(work, account_id, Profile())


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("SELECT 1/0", "22012"),
        ("DO $$BEGIN RAISE deadlock_detected; END$$", "40P01"),
    ],
)
@pytest.mark.parametrize("behind", [0, 1, 200])
def test_A52_the_first_error_of_a_pipeline_is_the_error(
    postgres_service: Service, sql: str, state: str, behind: int
) -> None:
    failing, harmless = Statement(_sql(sql), returns_rows=False), Statement(_sql("SELECT 1"))
    database: Database = postgres_service.database
    with pytest.raises(psycopg.Error) as raised, database.work(SYSTEM) as work:
        work.defer(harmless(), failing(), *[harmless()] * behind)
    assert sqlstate_of(raised.value) == state
    assert is_transient(raised.value) == (state == "40P01")


def test_A52_an_aborted_pipeline_is_a_mistake_and_not_a_database_that_is_away() -> None:
    assert not is_unavailable(psycopg.errors.PipelineAborted("pipeline aborted"))


def _row(statement: Storing) -> dict[str, Any]:
    return dict.fromkeys(statement.parameter_names, "x")


def _sql(sql: str) -> Any:
    return text(sql)


def _aborted() -> Generator[Any, Any, None]:
    yield from ()
    raise psycopg.errors.PipelineAborted("pipeline aborted")


def test_A52_an_aborted_pipeline_closes_no_connection(postgres_service: Service) -> None:
    """Its transaction is rolled back on it, and the first error is the one that is told."""
    held = postgres_service.database.engine.raw_connection()
    driver: Any = held.driver_connection
    with pytest.raises(psycopg.errors.PipelineAborted):
        driver.wait(_aborted())
    assert not driver.closed
    held.close()
