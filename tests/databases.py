"""Real, migrated databases for the tests: a copied SQLite file, a cloned PostgreSQL database.

PostgreSQL is the server that SECMON_TEST_DATABASE_URL names (its user may create databases), or one
that each test process starts for itself. Where it cannot start, tests fail; none is skipped.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import uuid
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from secmon.database import migrating
from secmon.database.engine import make_engine
from tools.postgres import running_postgres

# Nothing here outlives the run, so nothing needs to survive a power cut.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
STRATEGY_SINCE = 150_000


def fresh_database(kind: str) -> str:
    """The URL of a database at the newest migration that nobody else uses; `sqlite` or `postgresql`."""
    if kind == "sqlite":
        copy = _directory() / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(_migrated_file(), copy)
        return f"sqlite:///{copy}"
    return _create_database(_migrated_template())


def empty_database(kind: str) -> str:
    """As `fresh_database`, before the first migration."""
    if kind == "sqlite":
        return f"sqlite:///{_directory() / f'{uuid.uuid4().hex}.db'}"
    return _create_database("template0")


@cache
def postgres_url() -> str:
    """The server's URL; starts it at the first call, raises `PostgresUnavailable` where that fails."""
    named = os.environ.get("SECMON_TEST_DATABASE_URL")
    if named:
        return make_url(named).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    return _until_exit().enter_context(running_postgres(**NOT_DURABLE)).url()


@cache
def _migrated_file() -> Path:
    file = _directory() / "migrated.db"
    _migrate(f"sqlite:///{file}")
    return file


@cache
def _migrated_template() -> str:
    url = _create_database("template0")
    _migrate(url)
    return make_url(url).database or ""


def _migrate(url: str) -> None:
    engine = make_engine(url)
    migrating.upgrade(engine)
    engine.dispose()


def _create_database(template: str) -> str:
    name = f"secmon_test_{uuid.uuid4().hex}"
    with _administration() as connection:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        # Copying files takes 11 ms where the default, writing all pages to the log, takes 57 ms.
        if connection.info.server_version >= STRATEGY_SINCE:
            create += sql.SQL(" STRATEGY file_copy")
        connection.execute(create)
    _until_exit().callback(_drop_database, name)
    return make_url(postgres_url()).set(database=name).render_as_string(hide_password=False)


def _drop_database(name: str) -> None:
    with _administration() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _administration() -> psycopg.Connection:
    url = make_url(postgres_url()).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@cache
def _directory() -> Path:
    return Path(_until_exit().enter_context(tempfile.TemporaryDirectory(prefix="secmon-tests-")))


@cache
def _until_exit() -> ExitStack:
    stack = ExitStack()
    atexit.register(stack.close)
    return stack
