"""Is the process alive, and can it do its work? Two open answers for load balancers and orchestrators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import structlog
from alembic.runtime.migration import MigrationContext
from flask import Flask
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from secmon.core.actor import SYSTEM
from secmon.core.errors import Unavailable
from secmon.database import migrating
from secmon.database.engine import Database
from secmon.rooms.blueprint import Blueprint
from secmon.sealing.keyring import KeyRing, KeyRingError
from secmon.web.fields import StrictSchema
from secmon.web.operation import OPEN, Answer, operation
from secmon.web.parts import Part
from secmon.web.problems import from_domain

log = structlog.get_logger(__name__)
blp = Blueprint("health", __name__, description="Whether the service lives, and whether it can work.")


CHECKS: Part[dict[str, ReadyCheck]] = Part("ready_checks")


class NotReady(Unavailable):
    """Something that this service cannot work without is missing; `checks` says what."""

    code = "not_ready"
    title = "The service cannot work yet"
    retry_after = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class ReadyCheck:
    """One line of `/readyz`: `ask` answers None where all is well, else a few words for anybody to read.

    Without what is not `vital` the service still works: that only is told.
    """

    ask: Callable[[], str | None]
    vital: bool = True


class Alive(StrictSchema):
    status = fields.String(required=True, metadata={"enum": ["alive"]})


class Ready(StrictSchema):
    status = fields.String(required=True, metadata={"enum": ["ready"]})
    checks = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


def add_check(app: Flask, name: str, check: ReadyCheck) -> None:
    """Adds a line to `/readyz`; a database error in `check` is "not reachable"."""
    app.extensions.setdefault("secmon.ready_checks", {})[name] = check


@blp.route("/livez")
@operation(OPEN, answers={200: Alive}, example_answer={"status": "alive"})
def livez() -> Answer:
    """Is the process alive?"""
    return {"status": "alive"}


@blp.route("/readyz")
@operation(
    OPEN,
    answers={200: Ready},
    problems=("not_ready",),
    example_answer={"status": "ready", "checks": {"database": "ok", "keys": "ok", "migrations": "ok"}},
)
def readyz() -> Answer:
    """Can the service do its work: is the database there, at the right schema, and do the keys fit it?"""
    checks = CHECKS.chosen()
    found = {name: _ask(name, check) for name, check in checks.items()}
    answers = {name: said or "ok" for name, said in found.items()}
    if any(said is not None and checks[name].vital for name, said in found.items()):
        return from_domain(NotReady(), checks=answers)
    return {"status": "ready", "checks": answers}


def _ask(name: str, check: ReadyCheck) -> str | None:
    try:
        return check.ask()
    except (SQLAlchemyError, psycopg.Error, OSError) as error:
        log.warning("not_ready", check=name, exc_info=error)
        return "not reachable"


def install(app: Flask, database: Database, keys: KeyRing) -> None:
    """Adds the checks of `/readyz` that no domain brings."""
    add_check(app, "database", ReadyCheck(lambda: reachable(database)))
    add_check(app, "migrations", ReadyCheck(lambda: migrated(database)))
    add_check(app, "keys", ReadyCheck(lambda: keys_work(keys)))


def reachable(database: Database) -> None:
    """Raises where the database does not answer."""
    with database.work(SYSTEM, write=False) as work:
        work.session.execute(select(1))


def migrated(database: Database) -> str | None:
    """What to do where the schema is older than this release.

    A newer one is that of a release which is being rolled out: its steps leave this one working.
    """
    with database.work(SYSTEM, write=False) as work:
        found = MigrationContext.configure(work.session.connection()).get_current_revision()
    return None if migrating.has_reached(found) else "run `secmon db upgrade`"


def keys_work(keys: KeyRing) -> str | None:
    """What is wrong where the ring cannot read what it writes."""
    try:
        keys.decrypt(keys.encrypt(b"probe", "readyz"), "readyz")
    except KeyRingError as error:
        return str(error)
    return None
