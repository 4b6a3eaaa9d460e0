"""`python -m lab`: how good the judgement is, the weights that ship, and what a thief gets."""

from __future__ import annotations

from pathlib import Path

import click

from lab import evaluation
from lab.splits import ACCOUNTS_A_WALLET, TEST_SEEDS, TRAIN_SEEDS
from lab.thefts.command import NEEDS_DEV, thefts
from secmon.risk import shipped
from secmon.risk.levels import Feature
from secmon.risk.signals import SignalCode

SHIPPED = Path(shipped.__file__).with_name(shipped.FOLDER)
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
@click.option("--policy", type=click.Choice(shipped.SHIPPED_NAMES), default=shipped.DEFAULT_NAME)
@click.option("--seed", type=int, default=TEST_SEEDS.start, show_default=True, help="The first wallet's.")
@click.option("--accounts", default=ACCOUNTS_A_WALLET, show_default=True, help="How large each wallet is.")
def evaluate(
    out: Path, wallets: int, without: tuple[str, ...], policy: str, seed: int, accounts: int
) -> None:
    """Judge simulated wallets that taught nothing; the table, and a report with ROC curves in --out."""
    out.mkdir(parents=True, exist_ok=True)
    seeds = range(seed, seed + wallets)
    try:
        click.echo(evaluation.evaluate(out, seeds, accounts, without, policy))
    except ModuleNotFoundError as error:
        raise click.ClickException(NEEDS_DEV) from error
    click.echo(f"report in {out}")


@click.command()
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=SHIPPED)
@click.option("--wallets", default=len(TRAIN_SEEDS), show_default=True, help="How many training wallets.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the file is not what the fit finds.")
def fit(folder: Path, wallets: int, check: bool) -> None:
    """Fit the weights anew on the training wallets and write the policy documents."""
    seeds = range(TRAIN_SEEDS.start, TRAIN_SEEDS.start + wallets)
    try:
        if check:
            _report(evaluation.check_fit(folder, seeds), folder)
            return
        evaluation.fit(folder, seeds)
    except ModuleNotFoundError as error:
        raise click.ClickException(NEEDS_DEV) from error
    click.echo(f"wrote {folder}")


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


def _report(differences: list[str], folder: Path) -> None:
    for difference in differences:
        click.echo(difference)
    if differences:
        raise click.ClickException(f"{folder} is not what the fit finds")
    click.echo(f"{folder} is what the fit finds")


@click.group()
def lab() -> None:
    """How good the judgement is, the weights that ship, and what a thief gets."""


for command in (evaluate, fit, measure, thefts):
    lab.add_command(command)
