"""`secmon devices`: how old the tables are that devices are named by."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.metadata import version

import click

from secmon.devices.apple_hardware import APPLE_NAMES, CHECKED
from secmon.devices.makers import makers
from secmon.devices.market_names import names, origin

# A year brings some two hundred phones, and one new system.
STALE_AFTER_DAYS = 180


@click.group()
def devices() -> None:
    """What devices are recognised and named by."""


@devices.command()
def tables() -> None:
    """Say how old each table is, and where it comes from. Exits with 1 where one is stale."""
    today = datetime.now(UTC).date()
    known = makers()
    stale = [
        _tell("makers", f"{len(set(known.names.values()))} makers", known.checked, today),
        _tell("Apple's hardware", f"{len(APPLE_NAMES)} models", CHECKED, today),
    ]
    for source in known.sources:
        click.echo(f"  from {source}")
    listed_on, source = origin()
    # What is missing in an old list is shown by its code; nothing is wrong.
    _tell("market names", f"{len(names())} phones", listed_on, today)
    click.echo(f"  from {source}")
    click.echo(f"browsers, systems, bots: ua-parser-builtins {version('ua-parser-builtins')}")
    if any(stale):
        raise click.exceptions.Exit(1)


def _tell(name: str, size: str, checked: date, today: date) -> bool:
    days = (today - checked).days
    is_stale = days > STALE_AFTER_DAYS
    click.echo(f"{name}: {size}, checked {checked} ({days} days ago{', stale' if is_stale else ''})")
    return is_stale
