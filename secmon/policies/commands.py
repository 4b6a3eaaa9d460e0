"""`secmon policy show`, `set` and `presets`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from secmon.core.errors import Invalid, PreconditionFailed
from secmon.policies import versions
from secmon.risk.shipped import SHIPPED_NAMES, measured
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
    preset = (
        f", {found.preset}{'' if found.preset_current else ' of another release'}" if found.preset else ""
    )
    click.echo(f"version {found.version}, {since}{preset}", err=True)
    click.echo(json.dumps(found.document, indent=2, ensure_ascii=False))


@click.command("set")
@click.argument("file", type=FILE, required=False)
@click.option("--preset", type=click.Choice(SHIPPED_NAMES), help="A policy that ships, instead of a FILE.")
@click.option("--reason", help="Why it is changed, for the audit.")
@click.pass_obj
def set_policy(ctx: CommandContext, file: Path | None, preset: str | None, reason: str | None) -> None:
    """Put the policy document in FILE ("-": standard input) in force, from the next login on.

    With --preset: how a shipped policy judges. Whom to watch and whom to tell stay as they are.
    """
    if (file is None) == (preset is None):
        raise click.UsageError("Name a FILE or a --preset.")
    document = None if file is None else read_document(file)
    try:
        with ctx.work() as work:
            upon = versions.in_force(work)
            if document is None:
                found = versions.put_preset(work, preset or "", upon, reason)
            else:
                found = versions.put(work, document, upon, reason)
    except (Invalid, PreconditionFailed) as error:
        raise click.ClickException(told(error)) from error
    click.echo(f"version {found.version} is in force")


@click.command("presets")
def presets() -> None:
    """What each policy that ships catches and costs, in per cent, on simulated wallets."""
    found = measured()
    names = list(found.policies)
    click.echo(f"{found.wallets} simulated wallets of {found.accounts} accounts\n")
    for title, part in (("attacks caught", "caught"), ("honest logins challenged", "challenged")):
        click.echo(f"{title:28}" + "".join(f"{name:>12}" for name in names))
        tables = [getattr(found.policies[name], part) for name in names]
        for kind in tables[0]:
            click.echo(f"  {kind:26}" + "".join(f"{100 * table[kind]:>12.2f}" for table in tables))


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
