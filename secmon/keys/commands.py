"""`secmon keys add`, `rotate`, `status`: see docs/two-factor.md for the order of a rotation."""

from __future__ import annotations

import itertools
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from secmon.audit import service as audit
from secmon.keys import rotation
from secmon.keys.rotation import Walked
from secmon.sealing import key_files
from secmon.sealing.key_files import KeyFileError
from secmon.sealing.keyring import DAMAGED, KeyRing
from secmon.settings.command_context import CommandContext

# What the file and SECMON_KEYS can hold: no separator of either.
_NAME = re.compile(r"[A-Za-z0-9._-]{1,32}", re.ASCII)
# Owners' links are signed with a key that is derived from the first one, and are good for a day.
UNNEEDED = "not needed: may be removed, a day after it was the first key (owners' links)"


@contextmanager
def _key_file_in_words() -> Iterator[None]:
    """What the key file does not allow is a sentence for the operator."""
    try:
        yield
    except KeyFileError as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.argument("name", required=False)
@_key_file_in_words()
def add(name: str | None) -> None:
    """Make a key called NAME (default: k1, k2 …). It encrypts nothing before `secmon keys rotate NAME`.

    With a key file it is added there; with SECMON_KEYS it is printed, to be added to the variable.
    """
    name = name or _unused()
    if not _NAME.fullmatch(name):
        raise click.BadParameter("1 to 32 letters, digits, dots, underscores and hyphens", param_hint="NAME")
    if _from_environment():
        click.echo(f"add to the end of SECMON_KEYS, everywhere:  ,{key_files.new_line(name)}")
        return
    path = _path()
    key_files.append(path, name)
    click.echo(f"{name} added to {path}; keep a copy of it apart from the database's")
    if len(key_files.names(path)) > 1:
        click.echo(f"restart every process, so that all can read it, then: secmon keys rotate {name}")


@click.command()
@click.argument("name", required=False)
@click.pass_obj
def rotate(ctx: CommandContext, name: str | None) -> None:
    """Encrypt with the key NAME (default: the one that encrypts now), and move all that is stored under it.

    May run while the service works; interrupted, it is just run again.
    """
    keys = ctx.settings.keys
    if name is not None and name != keys.primary:
        keys = _promoted(keys, name)
    unreadable = 0
    moved: Counter[str] = Counter()
    for walked in rotation.rotate(ctx.work, keys):
        click.echo(f"{walked.column:<32} {walked.resealed:>9,} moved {walked.unreadable:>9,} unreadable")
        moved[walked.column] += walked.resealed
        unreadable += walked.unreadable
    with ctx.work() as work:
        facts = {"key": keys.primary, "moved": moved.total(), "unreadable": unreadable}
        audit.record(work, None, "keys.rotated", facts=facts)
    if unreadable:
        click.echo(
            "some ciphertexts could not be read: their key is missing here, or they were tampered with"
        )
        sys.exit(1)
    click.echo(f"all is under {keys.primary}; restart every process, run this again, and see `keys status`")


@click.command()
@click.pass_obj
def status(ctx: CommandContext) -> None:
    """Which keys there are, and how many ciphertexts lie under each."""
    keys = ctx.settings.keys
    found = _tell(rotation.survey(partial(ctx.work, write=False), keys))
    for name in [*keys.keys, *sorted(found.keys() - keys.keys.keys())]:
        click.echo(f"{name:<32} {found[name]:>9,} {_role(name, keys, found)}")


def _tell(columns: Iterable[Walked]) -> Counter[str]:
    found: Counter[str] = Counter()
    for walked in columns:
        by_key = ", ".join(f"{count:,} under {name}" for name, count in sorted(walked.keys.items()))
        click.echo(f"{walked.column:<32} {by_key or 'nothing'}")
        found += walked.keys
    return found


def _role(name: str, keys: KeyRing, found: Counter[str]) -> str:
    if name == keys.primary:
        return "encrypts"
    if name == DAMAGED:
        return "DAMAGED: no key opens it"
    if name not in keys.keys:
        return "MISSING: what lies under it cannot be read"
    return "still needed" if found[name] else UNNEEDED


@_key_file_in_words()
def _promoted(keys: KeyRing, name: str) -> KeyRing:
    if name not in keys.keys:
        raise click.ClickException(f"there is no key named {name}; `secmon keys add {name}` makes one")
    if _from_environment():
        raise click.ClickException(f"put {name} first in SECMON_KEYS, everywhere, then: secmon keys rotate")
    key_files.promote(_path(), name)
    return replace(keys, primary=name)


def _unused() -> str:
    given = os.environ.get("SECMON_KEYS", "")
    used = (
        [line.partition("=")[0].strip() for line in given.split(",")] if given else key_files.names(_path())
    )
    return next(name for name in map("k{}".format, itertools.count(1)) if name not in used)


def _from_environment() -> bool:
    return bool(os.environ.get("SECMON_KEYS"))


def _path() -> Path:
    """Where `Settings.from_env` looks for the file."""
    return Path(os.environ.get("SECMON_KEYS_FILE", Path(os.environ.get("SECMON_VAR_DIR", "var")) / "keys"))
