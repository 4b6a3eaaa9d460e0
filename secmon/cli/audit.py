"""`secmon audit`: the record of who did what, which the operator proves, and shortens."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from sqlalchemy.exc import ProgrammingError

from secmon.audit import checkpoints, pruning
from secmon.audit import service as recording
from secmon.audit.commands import audit
from secmon.cases import service as cases
from secmon.cli.context import OperatorContext
from secmon.database.errors import sqlstate_of

__all__ = ["audit"]

NOT_ALLOWED = "42501"
CHECKPOINTS_A_BATCH = 10


@audit.command()
@click.pass_obj
def prune(ctx: OperatorContext) -> None:
    """Remove what is older than SECMON_RECORDS_KEPT_DAYS, but for accounts with an open case.

    It takes the role that owns the tables.
    """
    try:
        entries = _prune(ctx)
    except ProgrammingError as error:
        if sqlstate_of(error) != NOT_ALLOWED:
            raise
        advice = "set SECMON_DATABASE_URL to the URL of the role that owns the tables"
        raise click.ClickException(f"this role may not prune the audit: {advice}") from error
    click.echo(f"{entries:,} entries removed")


def _prune(ctx: OperatorContext) -> int:
    """Batch after batch; that it was done is recorded first, so that a half-done one is too."""
    with ctx.work() as work:
        before = work.now - timedelta(days=ctx.settings.records_kept_days)
        recording.record(work, None, "audit.pruned", facts={"before": before.isoformat()})
        batch = pruning.prune(work, before, cases.holds)
    entries = batch.entries
    while batch.reached is not None:
        with ctx.work() as work:
            batch = pruning.prune(work, before, cases.holds, batch.reached)
        entries += batch.entries
    while _prune_checkpoints(ctx, before):
        pass
    return entries


def _prune_checkpoints(ctx: OperatorContext, before: datetime) -> int:
    with ctx.work() as work:
        return checkpoints.prune(work, before, CHECKPOINTS_A_BATCH)
