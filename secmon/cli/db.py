"""`secmon db`: the schema."""

from __future__ import annotations

import click

from secmon.cli.context import OperatorContext
from secmon.database import migrating


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
