"""`python -m lab`: how good the judgement is, the weights that ship, and what a thief gets."""

from __future__ import annotations

from pathlib import Path

import click

from lab import evaluation
from lab.splits import TEST_SEEDS, TRAIN_SEEDS
from lab.thefts.command import NEEDS_DEV, thefts
from secmon.risk import shipped
from secmon.risk.levels import Feature
from secmon.risk.signals import SignalCode

SHIPPED = Path(shipped.__file__).with_name(shipped.FOLDER)
SHIPPED_FILE = SHIPPED / f"{shipped.DEFAULT_NAME}.json"
EVIDENCE = [*map(str, Feature), *map(str, SignalCode)]


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("var/evaluation"))
@click.option("--wallets", default=len(TEST_SEEDS), show_default=True, help="How many test wallets.")
@click.option(
    "--without",
    type=click.Choice(EVIDENCE),
    metavar="FEATURE_OR_SIGNAL",
    multiple=True,
    help="Evidence to leave out, at the same prior. Repeatable.",
)
def evaluate(out: Path, wallets: int, without: tuple[str, ...]) -> None:
    """Judge simulated wallets that taught nothing; the table, and a report with ROC curves in --out."""
    out.mkdir(parents=True, exist_ok=True)
    seeds = TEST_SEEDS
    try:
        click.echo(evaluation.evaluate(out, range(seeds.start, seeds.start + wallets), without=without))
    except ModuleNotFoundError as error:
        raise click.ClickException(NEEDS_DEV) from error
    click.echo(f"report in {out}")


@click.command()
@click.option("--file", type=click.Path(path_type=Path, dir_okay=False), default=SHIPPED_FILE)
@click.option("--wallets", default=len(TRAIN_SEEDS), show_default=True, help="How many training wallets.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the file is not what the fit finds.")
def fit(file: Path, wallets: int, check: bool) -> None:
    """Fit the weights anew on the training wallets and write the policy document."""
    seeds = range(TRAIN_SEEDS.start, TRAIN_SEEDS.start + wallets)
    try:
        if check:
            _report(evaluation.check_fit(file, seeds), file)
            return
        evaluation.fit(file, seeds)
    except ModuleNotFoundError as error:
        raise click.ClickException(NEEDS_DEV) from error
    click.echo(f"wrote {file}")


@click.command()
@click.option(
    "--file", type=click.Path(path_type=Path, dir_okay=False), default=SHIPPED / shipped.MEASURED_FILE
)
@click.option("--wallets", default=len(TEST_SEEDS), show_default=True, help="How many test wallets.")
def measure(file: Path, wallets: int) -> None:
    """Judge the test wallets under each shipped policy, and write what it catches and costs."""
    try:
        evaluation.measure(file, range(TEST_SEEDS.start, TEST_SEEDS.start + wallets))
    except ModuleNotFoundError as error:
        raise click.ClickException(NEEDS_DEV) from error
    click.echo(f"wrote {file}")


def _report(differences: list[str], file: Path) -> None:
    for difference in differences:
        click.echo(difference)
    if differences:
        raise click.ClickException(f"{file} is not what the fit finds")
    click.echo(f"{file} is what the fit finds")


@click.group()
def lab() -> None:
    """How good the judgement is, the weights that ship, and what a thief gets."""


for command in (evaluate, fit, measure, thefts):
    lab.add_command(command)
