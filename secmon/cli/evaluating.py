"""`secmon evaluate` and `secmon fit`: how good the judgement is, and the weights that ship."""

from __future__ import annotations

from pathlib import Path

import click

from secmon.risk import shipped
from secmon.simulation import commands
from secmon.simulation.splits import TEST_SEEDS

NEEDS_DEV = "this needs the development requirements: pip install -r requirements-dev.txt"
SHIPPED_FILE = Path(shipped.__file__).with_name(shipped.SHIPPED_POLICY_FILE)


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("var/evaluation"))
@click.option("--wallets", default=len(TEST_SEEDS), show_default=True, help="How many test wallets.")
def evaluate(out: Path, wallets: int) -> None:
    """Judge simulated wallets that taught nothing; the table, and a report with ROC curves in --out."""
    out.mkdir(parents=True, exist_ok=True)
    seeds = TEST_SEEDS
    try:
        click.echo(commands.evaluate(out, range(seeds.start, seeds.start + wallets)))
    except ModuleNotFoundError as error:
        raise click.ClickException(NEEDS_DEV) from error
    click.echo(f"report in {out}")


@click.command()
@click.option("--file", type=click.Path(path_type=Path, dir_okay=False), default=SHIPPED_FILE)
def fit(file: Path) -> None:
    """Fit the weights anew on the training wallets and write the policy document."""
    try:
        commands.fit(file)
    except ModuleNotFoundError as error:
        raise click.ClickException(NEEDS_DEV) from error
    click.echo(f"wrote {file}")
