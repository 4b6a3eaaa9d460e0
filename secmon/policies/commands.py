"""`secmon policy show` and `secmon policy set`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from secmon.core.errors import Invalid, PreconditionFailed
from secmon.policies import versions
from secmon.settings.command_context import CommandContext

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@click.option("--version", type=click.IntRange(0), help="An older version; by default, the one in force.")
@click.pass_obj
def show(ctx: CommandContext, version: int | None) -> None:
    """Print the policy document in force: what `set` takes back."""
    try:
        with ctx.work(write=False) as work:
            found = versions.at(work, versions.in_force(work) if version is None else version)
    except versions.VersionUnknown as error:
        raise click.ClickException(error.title) from error
    since = (
        f"since {found.created_at:%Y-%m-%d %H:%M}Z, by {found.created_by}" if found.created_at else "shipped"
    )
    click.echo(f"version {found.version}, {since}", err=True)
    click.echo(json.dumps(found.document, indent=2, ensure_ascii=False))


@click.command("set")
@click.argument("file", type=FILE)
@click.option("--reason", help="Why it is changed, for the audit.")
@click.pass_obj
def set_policy(ctx: CommandContext, file: Path, reason: str | None) -> None:
    """Put the policy document in FILE ("-": standard input) in force, from the next login on."""
    document = read_document(file)
    try:
        with ctx.work() as work:
            found = versions.put(work, document, versions.in_force(work), reason)
    except (Invalid, PreconditionFailed) as error:
        raise click.ClickException(told(error)) from error
    click.echo(f"version {found.version} is in force")


def read_document(file: Path) -> dict[str, Any]:
    """The JSON object in a file. Raises `ClickException`."""
    with click.open_file(str(file), encoding="utf-8") as lines:
        try:
            document = json.load(lines)
        except ValueError as error:
            raise click.ClickException(f"{file} is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise click.ClickException(f"{file} holds no JSON object")
    return document


def told(error: Invalid | PreconditionFailed) -> str:
    """A refusal as a sentence at the command line."""
    wrong = [f"{one.pointer.removeprefix('/document')}: {one.message}" for one in error.errors]
    return "; ".join(wrong) or error.detail or error.title
