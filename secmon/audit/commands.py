"""`secmon audit`: proving that nobody changed the record."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from secmon.audit import checkpoints, record_keys, statement
from secmon.audit import service as recording
from secmon.audit import verify as verifying
from secmon.audit.statement import CheckpointRefused
from secmon.settings.command_context import CommandContext

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """The record of who did what to which account."""


@audit.command()
@click.option("--account", "account_id", help="Only this account's chain, and no checkpoint.")
@click.option(
    "--checkpoint", type=FILE, help="A checkpoint that was kept elsewhere: what it saw is still there."
)
@click.pass_obj
def verify(ctx: CommandContext, account_id: str | None, checkpoint: Path | None) -> None:
    """Walk all chains and checkpoints; exit status 1 and the first broken link where one does not hold."""
    if account_id is not None and checkpoint is not None:
        raise click.UsageError(
            "a checkpoint is of all accounts: --account and --checkpoint do not go together"
        )
    with ctx.work(write=False) as work:
        verdict = verifying.verify(
            work, account_id, lambda count: click.echo(f"\r{count:,}", nl=False, err=True)
        )
    click.echo(err=True)
    if verdict.flaw is not None:
        flaw = verdict.flaw
        click.echo(f"BROKEN: entry {flaw.sequence} of account {flaw.account_id}: {flaw.why}")
        sys.exit(1)
    click.echo(f"{verdict.entries:,} entries in {verdict.chains:,} chains: every link holds")
    if account_id is None:
        _prove(ctx, None if checkpoint is None else checkpoint.read_bytes())


def _prove(ctx: CommandContext, kept: bytes | None) -> None:
    with ctx.work(write=False) as work:
        proof = checkpoints.prove(work, ctx.settings.keys, kept)
    if proof.flaw is not None:
        click.echo(f"BROKEN: {proof.flaw}")
        sys.exit(1)
    click.echo(f"{proof.checkpoints:,} checkpoints: every chain holds what they saw")


@audit.command()
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to; printed, if not given."
)
@click.pass_obj
def checkpoint(ctx: CommandContext, out: Path | None) -> None:
    """Sign how far all chains are, and write that down: to be kept where nobody of this service writes."""
    try:
        said, signature = _made(ctx)
    except CheckpointRefused as error:
        raise click.ClickException(f"BROKEN: the last checkpoint: {error}") from error
    text = statement.exported(said.text(), signature)
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, "utf-8")
    click.echo(f"checkpoint {said.number}, of all entries up to {said.through}: {out}")


def _made(ctx: CommandContext) -> tuple[statement.CheckpointStatement, str]:
    """Piece after piece, each in a transaction of its own, until all entries were looked at."""
    while True:
        with ctx.work() as work:
            said, signature = checkpoints.make(work, ctx.settings.keys)
        if said.complete:
            return said, signature


@click.command("rotate-records")
@click.pass_obj
def rotate_records(ctx: CommandContext) -> None:
    """Sign evidence and checkpoints with a new key; what the old ones signed stays good."""
    with ctx.work() as work:
        kid = record_keys.add(work, ctx.settings.keys).thumbprint()
        recording.record(work, None, "record_key.rotated", subject=kid)
    click.echo(f"evidence and checkpoints are signed with {kid}")
