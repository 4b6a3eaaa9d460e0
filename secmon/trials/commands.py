"""`secmon policy backtest`, in this process and without the worker; `secmon policy budget`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from secmon.core.errors import Conflict, Invalid, PreconditionFailed
from secmon.database.work import Work
from secmon.devices.user_agents import UserAgentReader
from secmon.logins import sampling
from secmon.logins.stored import accounts_after, count_accounts
from secmon.policies import budgets
from secmon.policies.budgets import LARGEST_BUDGET, SMALLEST_BUDGET
from secmon.policies.commands import FILE, read_document, told
from secmon.policies.documents import checked_policy
from secmon.policies.versions import in_force, put_threshold
from secmon.settings.command_context import CommandContext
from secmon.trials.backtesting import ACCOUNTS_A_PIECE, Backtester, Trial
from secmon.trials.backtests import Wanted
from secmon.trials.comparisons import Comparison, Example, Pair, read, totals

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.command()
@click.argument("file", type=FILE)
@click.option("--since", type=DAY, help="Logins from then on, UTC.")
@click.option("--until", type=DAY, help="Logins before then, UTC.")
@click.option("--sample", type=click.FloatRange(0, 1, min_open=True), default=1.0, help="Share of accounts.")
@click.option("--examples", type=click.IntRange(0), default=5, show_default=True)
@click.pass_obj
def backtest(
    ctx: CommandContext,
    file: Path,
    since: datetime | None,
    until: datetime | None,
    sample: float,
    examples: int,
) -> None:
    """Judge the stored logins again under the policy document in FILE, and print what would change."""
    try:
        draft = checked_policy(read_document(file))
    except Invalid as error:
        raise click.ClickException(told(error)) from error
    wanted = Wanted(_utc(since), _utc(until), sample)
    backtester = Backtester(UserAgentReader(ctx.settings.app_products))
    comparison = Comparison()
    with ctx.work(write=False) as work:
        trial = backtester.trial(work, draft, in_force(work), wanted)
        _replay(work, backtester, trial, comparison)
    counts, found = comparison.take()
    _print(counts)
    for example in found[:examples]:
        _print_example(example)


@click.command()
@click.argument("share", type=click.FloatRange(SMALLEST_BUDGET, LARGEST_BUDGET))
@click.option("--set", "puts", is_flag=True, help="Put the threshold in force; else it is only told.")
@click.option("--reason", help="Why it is changed, for the audit.")
@click.pass_obj
def budget(ctx: CommandContext, share: float, puts: bool, reason: str | None) -> None:
    """The threshold that challenges no more than SHARE (0.01) of the last 30 days' logins, and who pays."""
    try:
        with ctx.work(write=False) as work:
            upon = in_force(work)
            found = budgets.found(work, share, sampling.scores)
        _print_budget(found)
        if puts:
            with ctx.work() as work:
                version = put_threshold(work, found, upon, reason).version
            click.echo(f"version {version} is in force")
    except (Conflict, Invalid, PreconditionFailed) as error:
        raise click.ClickException(error.detail or error.title) from error


def _print_budget(found: Mapping[str, Any]) -> None:
    click.echo(
        f"challenge_at {found['challenge_at']}, from {found['logins']:,} logins of {found['since'][:10]} to"
        f" {found['until'][:10]}\n{'challenged, %':20}{'logins':>10}{'now':>10}{'then':>10}"
    )
    for name, cost in (("all", found["challenged"]), *found["owners"].items()):
        click.echo(f"{name:20}{cost['logins']:>10,}{_percent(cost['before'])}{_percent(cost['after'])}")
    for name, cost in found["history"].items():
        said = f"{name} logins before"
        click.echo(f"{said:20}{cost['logins']:>10,}{_percent(cost['before'])}{_percent(cost['after'])}")
    if found["caught"] is None:
        click.echo("what attacks it would catch nobody has measured: the weights are no shipped policy's")
        return
    click.echo("simulated attacks caught, %")
    for kind, caught in found["caught"].items():
        click.echo(f"{kind:30}{_percent(caught)}")


def _percent(share: float | None) -> str:
    return f"{'–':>10}" if share is None else f"{100 * share:>10.2f}"


def _replay(work: Work, backtester: Backtester, trial: Trial, comparison: Comparison) -> None:
    with click.progressbar(_all_accounts(work), count_accounts(work), label="accounts") as accounts:
        for account_id in accounts:
            backtester.compare(work, account_id, trial, comparison)


def _all_accounts(work: Work) -> Iterator[str]:
    last = ""
    while following := accounts_after(work, last, ACCOUNTS_A_PIECE):
        yield from following
        last = following[-1]


def _print(counts: dict[Pair, int]) -> None:
    before, after = totals(counts)
    click.echo(f"{sum(counts.values()):,} logins\n{'':12}{'now':>12}{'draft':>12}")
    for decision in before:
        click.echo(f"{decision:12}{before[decision]:>12,}{after[decision]:>12,}")
    for (first, second), logins in sorted(counts.items(), key=lambda each: -each[1]):
        if first != second:
            click.echo(f"{logins:,} from {first} to {second}")


def _print_example(example: Example) -> None:
    click.echo(f"\n{example.occurred_at:%Y-%m-%d %H:%M}Z {example.account_id} {example.event_id}")
    for name, text in (("now", example.before), ("draft", example.after)):
        judged = read(text, "en")
        click.echo(f"  {name:6} {judged['decision']} at {judged['score']:.2f}")
        for signal in judged["signals"][:3]:
            click.echo(f"         {signal['weight']:+.1f}  {signal['detail']}")


def _utc(given: datetime | None) -> datetime | None:
    return None if given is None else given.replace(tzinfo=UTC)
