"""`secmon evidence`: checking what was handed over, on any machine, without database or network."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from secmon.audit import record_keys
from secmon.clients import signing_keys
from secmon.history import evidence as documents
from secmon.history.evidence import EvidenceRefused, VerifiedEvidence
from secmon.settings.command_context import CommandContext

# Beside 0 and 1; 2 is what click says of a wrong command line.
SIGNER_NOT_CHECKED = 3
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def evidence() -> None:
    """Evidence documents."""


@evidence.command()
@click.argument("file", type=FILE)
@click.option("--key", "keys", multiple=True, help="The id of a key to trust; may be given several times.")
@click.option("--jwks", type=FILE, help="A file with the keys to trust, as `secmon evidence keys` prints it.")
def verify(file: Path, keys: tuple[str, ...], jwks: Path | None) -> None:
    """Check that FILE is what the service signed.

    Exit status 0: genuine. 1: not genuine. 3: nobody changed it after it was signed, but who signed it was
    not checked, for neither --key nor --jwks was given.
    """
    trusted = {*keys, *(_trusted(jwks) if jwks else ())}
    try:
        found = documents.verify(documents.read(file.read_bytes()))
        if trusted and found.key_id not in trusted:
            raise EvidenceRefused(f"It is signed with {found.key_id}, which is none of the trusted keys.")
    except EvidenceRefused as error:
        raise click.ClickException(f"NOT GENUINE: {error}") from error
    _tell(found, genuine=bool(trusted))
    if not trusted:
        sys.exit(SIGNER_NOT_CHECKED)


@evidence.command()
@click.pass_obj
def keys(ctx: CommandContext) -> None:
    """Print the public half of every key that ever signed, as a JWK set: what `verify --jwks` trusts."""
    with ctx.work(write=False) as work:
        signing = record_keys.trusted(work, ctx.settings.keys)
        # Before the record had keys of its own, those of the tokens signed evidence.
        former = signing_keys.ever_public(work, ctx.settings.keys, record_keys.first_made_at(work))
    found = [*(key.as_dict(private=False) for key in signing), *former]
    click.echo(json.dumps({"keys": found}, indent=2))


def _trusted(jwks: Path) -> set[str]:
    try:
        found = documents.key_ids(documents.read(jwks.read_bytes()))
    except EvidenceRefused as error:
        raise click.ClickException(f"{jwks}: {error}") from error
    if not found:
        raise click.ClickException(f"{jwks}: there is no key in it")
    return found


def _tell(found: VerifiedEvidence, *, genuine: bool) -> None:
    about = found.about
    said = "genuine" if genuine else "intact, but who signed it was NOT checked"
    click.echo(f"{said}: case {about['reference']} of account {about['account_id']}, made {about['made_at']}")
    click.echo(f"signed with key {found.key_id}")
