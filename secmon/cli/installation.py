"""`secmon settings` and `secmon db`: what an installation is set up with, and its schema."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import timedelta

import click

from secmon.cli.context import OperatorContext
from secmon.core.working_time import WEEKDAYS
from secmon.database import migrating
from secmon.settings.environment import Settings
from secmon.settings.variables import Variable

# Read before anything else can be: where the database, the keys and the files are.
FIRST = (
    ("SECMON_DATABASE_URL", "Any SQLAlchemy URL of PostgreSQL or SQLite.", "a file in the var directory"),
    ("SECMON_VAR_DIR", "Where keys, credentials and the SQLite file are.", "var"),
    ("SECMON_KEYS", "id=base64,id=base64; the first key encrypts.", "the lines of the key file"),
    ("SECMON_KEYS_FILE", "id=base64 a line.", "keys in the var directory"),
)
# What is right for one machine and wrong in a table that every machine reads.
BY_MACHINE = {"WEB_CONCURRENCY": "one a core"}


def table() -> list[tuple[str, str, str]]:
    """(variable, what it is for, default) of everything that can be set."""
    rows = list(FIRST)
    for one in fields(Settings):
        known: Variable | None = one.metadata.get("variable")
        if known is not None:
            rows.append((known.name, known.says, BY_MACHINE.get(known.name) or _shown(one.default)))
    return rows


def markdown() -> str:
    """The same as the table of docs/operations.md."""
    lines = [f"| `{name}` | {says} | {default} |" for name, says, default in table()]
    return "\n".join(["| variable | what it is for | default |", "|---|---|---|", *lines])


@click.command()
@click.option("--markdown", "as_markdown", is_flag=True, help="As the table of docs/operations.md.")
def settings(*, as_markdown: bool) -> None:
    """List every environment variable."""
    if as_markdown:
        click.echo(markdown())
        return
    for name, says, default in table():
        click.echo(f"{name:<34} {says}" + (f" [{default}]" if default else ""))


def _shown(default: object) -> str:
    """As one would write it into the environment."""
    match default:
        case bool():
            return "on" if default else "off"
        case None | ():
            return ""
        case (timedelta() as start, timedelta() as end):
            return f"{_clock(start)}-{_clock(end)}"
        case tuple():
            return ",".join(map(str, default))
        case frozenset():
            return ",".join(WEEKDAYS[day] for day in sorted(default))
    return "" if default is MISSING else str(default)


def _clock(since_midnight: timedelta) -> str:
    hours, minutes = divmod(since_midnight // timedelta(minutes=1), 60)
    return f"{hours:02}:{minutes:02}"


@click.group()
def db() -> None:
    """Bring the database to this release's schema, or look where it stands."""


@db.command()
@click.argument("revision", default="head")
@click.pass_obj
def upgrade(ctx: OperatorContext, revision: str) -> None:
    """Run the missing migrations."""
    migrating.upgrade(ctx.database.engine, revision)
    click.echo(f"schema at {migrating.current(ctx.database.engine)}")


@db.command()
@click.argument("revision")
@click.pass_obj
def downgrade(ctx: OperatorContext, revision: str) -> None:
    """Take migrations back to REVISION."""
    migrating.downgrade(ctx.database.engine, revision)
    click.echo(f"schema at {migrating.current(ctx.database.engine) or 'nothing'}")


@db.command()
@click.pass_obj
def status(ctx: OperatorContext) -> None:
    """Where the schema stands, and where this release wants it."""
    click.echo(f"database {migrating.current(ctx.database.engine) or 'empty'}, release {migrating.head()}")
