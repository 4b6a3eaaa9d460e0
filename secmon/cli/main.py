"""The entry point and every command; errors of the environment are sentences, not tracebacks."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import OperationalError

from secmon.app import api_document
from secmon.audit.commands import rotate_records
from secmon.cli.audit import audit
from secmon.cli.context import OperatorContext
from secmon.cli.installation import db, settings
from secmon.cli.serving import run, serve, token
from secmon.cli.simulating import demo, simulate
from secmon.clients.commands import clients, rotate_signing
from secmon.clients.first_run import FirstRunRefused
from secmon.devices.commands import devices
from secmon.geo.commands import geo
from secmon.history.commands import evidence
from secmon.keys.commands import add, rotate, status
from secmon.openapi.document import rendered
from secmon.policies.commands import presets, set_policy, show
from secmon.quality.commands import fit, quality
from secmon.sealing.keyring import KeyRingError
from secmon.settings.environment import SettingsError
from secmon.trials.commands import backtest, budget
from secmon.worker.commands import worker


@click.group()
@click.version_option(package_name="secmon")
@click.pass_context
def root(ctx: click.Context) -> None:
    """Account security beside a mobile wallet."""
    ctx.obj = OperatorContext()
    ctx.call_on_close(ctx.obj.close)


@click.group()
def keys() -> None:
    """Keys, and their rotation."""


@click.group()
def policy() -> None:
    """The risk policy: read it, change it, try another one on stored logins."""


@click.command()
def openapi() -> None:
    """Print the OpenAPI document that the service publishes."""
    click.echo(rendered(api_document(), indent=1))


for command in (add, rotate, rotate_records, rotate_signing, status):
    keys.add_command(command)
for command in (backtest, budget, fit, presets, quality, set_policy, show):
    policy.add_command(command)
for command in (
    audit,
    clients,
    db,
    demo,
    devices,
    evidence,
    geo,
    keys,
    openapi,
    policy,
    run,
    serve,
    settings,
    simulate,
    token,
    worker,
):
    root.add_command(command)


def main() -> None:
    """Runs the command line; exit status 2 where the environment is not right."""
    try:
        root()
    except SettingsError as error:
        click.echo(
            "secmon cannot start:\n" + "\n".join(f"  {problem}" for problem in error.problems), err=True
        )
        sys.exit(2)
    except (KeyRingError, FirstRunRefused) as error:
        click.echo(f"secmon cannot start: {error}", err=True)
        sys.exit(2)
    except OperationalError as error:
        reason = str(error.orig).partition("\n")[0]
        click.echo(f"secmon cannot work on its database: {reason}", err=True)
        sys.exit(2)
