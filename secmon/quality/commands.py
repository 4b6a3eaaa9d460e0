"""`secmon policy quality` and `secmon policy fit`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from secmon.core.errors import Conflict, Invalid
from secmon.quality import counting, proposing, report
from secmon.quality.fitting import Proposal
from secmon.settings.command_context import CommandContext


@click.command()
@click.option("--json", "as_json", is_flag=True, help="All of it, as JSON.")
@click.option("--signals", type=click.IntRange(0), default=12, show_default=True, help="So many of them.")
@click.pass_obj
def quality(ctx: CommandContext, as_json: bool, signals: int) -> None:
    """How good the policy in force is: precision and recall by what people said, counted now."""
    with ctx.work(write=False) as work:
        counted = {week: counting.count(work, week) for week in counting.open_weeks(work)}
    with ctx.work() as work:
        for week, counts in counted.items():
            counting.store(work, week, counts)
        found = report.report(work)
    if as_json:
        click.echo(json.dumps(found, indent=2, default=str))
        return
    click.echo(f"{'week of':12}{'labels':>8}{'precision, %':>26}{'recall, %':>26}{'not let in, %':>16}")
    for week in found["weeks"]:
        _print_line(week["week"], week)
    _print_line("four weeks", found["latest"])
    _print_sample(found["latest"])
    click.echo(f"\n{'of four weeks':30}{'labels':>8}{'precision, %':>26}{'recall, %':>26}")
    for code, one in list(found["latest"]["signals"].items())[:signals]:
        click.echo(f"{code:30}{one['precision']['of']:>8}{_said(one['precision'])}{_said(one['recall'])}")


@click.command()
@click.option(
    "--from-labels", is_flag=True, required=True, help="Fit to what people said of this wallet's logins."
)
@click.option("--dry-run", is_flag=True, help="Tell what would be proposed, and change nothing.")
@click.option("--replace", is_flag=True, help="In the place of the shadow policy that there is.")
@click.pass_obj
def fit(ctx: CommandContext, from_labels: bool, dry_run: bool, replace: bool) -> None:
    """Propose weights as a shadow policy, which decides nothing; to simulated wallets: python -m lab fit."""
    if not from_labels:
        raise click.UsageError("There is nothing else to fit to.")
    try:
        with ctx.work(write=False) as work:
            found = proposing.proposal(work)
        _print_proposal(found)
        if dry_run:
            return
        with ctx.work() as work:
            version = proposing.put_in_shadow(work, found, replace=replace)
    except (Conflict, Invalid) as error:
        raise click.ClickException(error.detail or f"{error.title}. {error.advice}") from error
    click.echo(f"shadow policy {version} is judged beside the one in force, and decides nothing")


def _print_proposal(found: Proposal) -> None:
    labels = ", ".join(f"{accounts} {truth}" for truth, accounts in found.labels.items())
    click.echo(f"accounts with confirmed labels: {labels}\n{'weight':30}{'in force':>10}{'proposed':>10}")
    for name, (before, after) in found.moved.items():
        click.echo(f"{name:30}{before:>10.3f}{after:>10.3f}")
    click.echo(f"shown by too few accounts, and left: {', '.join(found.left) or 'none'}")


def _print_line(name: str, week: Mapping[str, Any]) -> None:
    labels = sum(week["labels"].values())
    shares = f"{_said(week['precision'])}{_said(week['recall'])}{_share(week['not_let_in']):>16}"
    click.echo(f"{name:12}{labels:>8}{shares}")


def _print_sample(latest: Mapping[str, Any]) -> None:
    sample = latest["random_sample"]
    conflicts, abandoned = latest["conflicts"], latest["abandoned"]
    click.echo(f"\n{conflicts} logins with labels of two minds, {abandoned} challenges abandoned")
    if not sample["asked"]:
        click.echo(
            "no owner was asked at random (notify.sample): recall is of what somebody noticed, at best"
        )
        return
    click.echo(f"let in and asked at random: {sample['asked']}, answered: {sample['answered']['hits']}")
    click.echo(
        f"of those, disowned, %: {_said(sample['missed'])}\nrecall by that, %: {_said(sample['recall'])}"
    )


def _said(one: Mapping[str, float | None]) -> str:
    if one["share"] is None or one["low"] is None or one["high"] is None:
        return f"{'–':>26}"
    told = f"{100 * one['share']:.1f} [{100 * one['low']:.1f}, {100 * one['high']:.1f}]"
    return f"{told:>26}"


def _share(one: Mapping[str, float | None]) -> str:
    return "–" if one["share"] is None else f"{100 * one['share']:.2f}"
