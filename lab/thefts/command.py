"""`python -m lab thefts`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import click

from lab.thefts import honest, playing, tables
from lab.thefts.people import crowd
from lab.thefts.stage import Stage, stage
from lab.thefts.wallet import Asking
from secmon.holds.rules import DEFAULT_PRESET, PRESETS
from secmon.observing import logs
from tools.postgres import PostgresUnavailable, running_postgres

NEEDS_DEV = "this needs the development requirements: pip install -r requirements-dev.txt"
# Nothing here outlives the run.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@click.command()
@click.option(
    "--preset",
    "presets",
    type=click.Choice(PRESETS),
    multiple=True,
    default=(DEFAULT_PRESET,),
    show_default=True,
    help="Hold rules to play under. Repeatable.",
)
@click.option(
    "--wallet",
    "wallets",
    type=click.Choice([str(one) for one in Asking]),
    multiple=True,
    default=(str(Asking.GATE),),
    show_default=True,
    help="How the wallet asks. Repeatable.",
)
@click.option("--seeds", default=20, show_default=True, help="How many thefts of each script.")
@click.option("--owners", default=50, show_default=True, help="How many honest owners of each kind.")
@click.option("--database", help="URL of an empty database; by default a PostgreSQL is started for it.")
def thefts(
    presets: tuple[str, ...], wallets: tuple[str, ...], seeds: int, owners: int, database: str | None
) -> None:
    """Play thefts and honest owners against the service; what each thief gets, and what owners wait for."""
    logs.configure("warning", sys.stderr)
    try:
        with _database(database) as url, stage(url) as running:
            crowd(running)
            for preset, wallet in product(presets, wallets):
                for line in lines(running, preset, Asking(wallet), seeds, owners):
                    click.echo(line)
                click.echo()
    except (ModuleNotFoundError, PostgresUnavailable) as error:
        raise click.ClickException(NEEDS_DEV) from error


def lines(running: Stage, preset: str, asking: Asking, seeds: int, owners: int) -> Iterator[str]:
    """Both tables of one preset and one wallet."""
    currency, run = running.use(preset), f"{preset}-{asking}"
    yield tables.heading(preset, asking, seeds, owners)
    yield from tables.thieves(list(playing.thefts(running, asking, currency, range(seeds), run=run)))
    yield from tables.owners(list(honest.payments(running, asking, currency, range(owners), run=run)))


@contextmanager
def _database(named: str | None) -> Iterator[str]:
    if named is not None:
        yield named
        return
    with running_postgres(**NOT_DURABLE) as cluster:
        yield cluster.url()
