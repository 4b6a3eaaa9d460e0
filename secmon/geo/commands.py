"""`secmon geo`: what a file of places gives, before the service is given it."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click

from secmon.geo.files import read_cities, read_systems
from secmon.geo.mmdb import Records
from secmon.geo.place import Place


@click.group()
def geo() -> None:
    """Files of places and networks."""


@geo.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("addresses", metavar="[IP]...", nargs=-1)
def check(file: Path, addresses: tuple[str, ...]) -> None:
    """Say what FILE gives as SECMON_GEOIP_CITY and as SECMON_GEOIP_ASN, and what it knows of each IP.

    Exits with 1 where it can be used as neither.
    """
    asked = [_address(text) for text in addresses]
    usable = [_tell(name, read, file, asked) for name, read in (("CITY", read_cities), ("ASN", read_systems))]
    if not any(usable):
        raise click.exceptions.Exit(1)


def _tell(name: str, read: Callable[[Path], Records[Any]], file: Path, asked: list[Any]) -> bool:
    try:
        records = read(file)
    except (OSError, ValueError) as error:
        click.echo(f"SECMON_GEOIP_{name}: refused: {error}")
        return False
    about = records.described
    click.echo(f"SECMON_GEOIP_{name}: gives {about}")
    click.echo(f"  {about.kind}, built {about.built_at:%Y-%m-%d}, {about.looked_at} records looked at")
    click.echo("".join(f"  {what}: in {count}\n" for what, count in about.gives.items()), nl=False)
    for address in asked:
        click.echo(f"  {address}: {_said(records.get(address))}")
    return True


def _said(found: Any) -> str:
    if isinstance(found, Place):
        return found.to_json() if found.country else "nothing"
    return "nothing" if found is None else f"AS{found}"


def _address(text: str) -> Any:
    try:
        return ip_address(text)
    except ValueError:
        raise click.BadParameter(f"{text[:50]!r} is no address") from None
