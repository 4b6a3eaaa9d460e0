"""`secmon evidence`: checking what was handed over, on any machine, without database or network."""

from __future__ import annotations

import json
from pathlib import Path

import click

from secmon.cases import evidence as documents


@click.group()
def evidence() -> None:
    """Evidence documents."""


@evidence.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key", "trusted", multiple=True, help="A key id to accept; without any, compare what is printed."
)
def verify(file: Path, trusted: tuple[str, ...]) -> None:
    """Check that FILE is what the service signed; exit status 1 where it is not."""
    try:
        found = documents.verify(json.loads(file.read_text("utf-8")), trusted)
    except (documents.EvidenceRefused, ValueError) as error:
        raise click.ClickException(f"NOT GENUINE: {error}") from error
    about = found.about
    click.echo(
        f"genuine: case {about['reference']} of account {about['account_id']}, made {about['made_at']}"
    )
    click.echo(f"signed with key {found.key_id}")
