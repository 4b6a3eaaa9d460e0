"""`secmon audit`: proving that nobody changed the record."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import Protocol

import click

from secmon.audit import verify as verifying
from secmon.core.work import Work


class Context(Protocol):
    """What a command works on: the operator's transactions."""

    def work(self, *, write: bool = True) -> AbstractContextManager[Work]: ...


@click.group()
def audit() -> None:
    """The record of who did what to which account."""


@audit.command()
@click.option("--account", "account_id", help="Only this account's chain.")
@click.pass_obj
def verify(ctx: Context, account_id: str | None) -> None:
    """Walk all chains; exit status 1 and the first broken link where one does not hold."""
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
