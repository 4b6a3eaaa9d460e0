"""`secmon worker`: run the duties, see how they go, give dead messages another chance."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

import click

from secmon.audit.sealing import Sealing
from secmon.core.actor import SYSTEM
from secmon.core.pages import LARGEST_LIMIT, PageRequest
from secmon.credentials import reminders
from secmon.database.engine import Database, make_engine
from secmon.keys.rotation import require_keys
from secmon.observing import logs as logging
from secmon.outbox import deliveries
from secmon.outbox.kinds import DeliveryState
from secmon.rooms.duty import Duty
from secmon.settings.command_context import CommandContext
from secmon.worker.duties import duties
from secmon.worker.runs import Tally, statuses, work_until, write_down

# One for each receiver's round that is at the database, and one a duty.
POOL_SIZE = 20
# Nobody waits for the worker as a caller does: a long backlog may take it a while.
STATEMENT_TIMEOUT_MS = 30_000


@click.group(invoke_without_command=True)
@click.option("--once", metavar="DUTY", help="Do everything there is of one duty, and end: for cron.")
@click.pass_context
def worker(ctx: click.Context, once: str | None) -> None:
    """Send, count, purge: everything that is done beside the requests."""
    if ctx.invoked_subcommand is not None:
        return
    if once is None:
        ctx.invoke(run)
        return
    logging.configure(ctx.obj.settings.log_level)
    with _database(ctx.obj) as database:
        require_keys(database, ctx.obj.settings.keys)
        chosen = {duty.name: duty for duty in duties(ctx.obj.settings, database)}
        if once not in chosen:
            raise click.BadParameter(f"one of {', '.join(chosen)}", param_hint="--once")
        click.echo(f"{once}: {_do_once(chosen[once], database)} done")


@worker.command()
@click.pass_obj
def run(ctx: CommandContext) -> None:
    """Do all duties until SIGTERM or SIGINT; what is under way is finished first."""
    logging.configure(ctx.settings.log_level)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    with _database(ctx) as database:
        require_keys(database, ctx.settings.keys)
        work_until(stopping, database, duties(ctx.settings, database))


@worker.command()
@click.pass_obj
def status(ctx: CommandContext) -> None:
    """How each duty goes, what is behind, and what each receiver is owed."""
    with _database(ctx) as database, ctx.work(write=False) as work:
        rows = statuses(work, duties(ctx.settings, database))
        owed, unspread, due = deliveries.backlogs(work), deliveries.unspread(work), reminders.due(work)
        now = work.now
    for row in rows:
        click.echo(f"{row.name:20} last success {_ago(row.last_success_at, now)}, late by {row.lag}")
        click.echo(f"{'':20} done {row.done}, failures {row.failures}" + _error(row.last_error))
    click.echo(
        f"{'messages to make out':36} {unspread.messages}, oldest owed {_ago(unspread.oldest_owed_at, now)}"
    )
    click.echo(f"{'reminders due':36} {due.reminders}, oldest due {_ago(due.oldest_at, now)}")
    for backlog in owed:
        click.echo(
            f"{backlog.receiver:36} pending {backlog.pending}, dead {backlog.dead},"
            f" oldest due {_ago(backlog.oldest_due_at, now)}"
        )


@worker.command()
@click.argument("receiver")
@click.pass_obj
def dead(ctx: CommandContext, receiver: str) -> None:
    """List what was given up for RECEIVER: an endpoint's id, "email" or "email:former"."""
    with ctx.work(write=False) as work:
        rows, more = deliveries.listed(work, receiver, DeliveryState.DEAD, PageRequest(LARGEST_LIMIT))
    for row in rows:
        lost = row.delivery
        click.echo(f"{lost.message_id} {lost.account_id} {row.kind} owed {row.owed_at}: {lost.last_error}")
    if more:
        click.echo(f"and more than these {LARGEST_LIMIT}")


@worker.command()
@click.argument("receiver")
@click.pass_obj
def redrive(ctx: CommandContext, receiver: str) -> None:
    """Begin again with everything that was given up for RECEIVER."""
    total = done = _redrive(ctx, receiver)
    while done:
        done = _redrive(ctx, receiver)
        total += done
    click.echo(f"{total} begin again")


def _redrive(ctx: CommandContext, receiver: str) -> int:
    with ctx.work() as work:
        return deliveries.redrive(work, receiver)


@contextmanager
def _database(ctx: CommandContext) -> Iterator[Database]:
    engine = make_engine(
        ctx.settings.database_url, pool_size=POOL_SIZE, statement_timeout_ms=STATEMENT_TIMEOUT_MS
    )
    database = Database(engine, recorder=Sealing(ctx.settings.keys))
    try:
        yield database
    finally:
        database.dispose()


def _do_once(duty: Duty, database: Database) -> int:
    """How many things were done; what failed is written down as the loop would, and ends the command."""
    tally = Tally()
    with ThreadPoolExecutor(1, duty.name) as executor:
        future = executor.submit(duty.do_all, database)
        error = future.exception()
    duty.stop()
    tally.succeed(future.result()) if error is None else tally.fail(error)
    with database.work(SYSTEM) as work:
        write_down(work, duty, tally)
    if error is not None:
        raise click.ClickException(f"{duty.name}: {tally.error}")
    return tally.done


def _ago(instant: datetime | None, now: datetime) -> str:
    return "never" if instant is None else f"{(now - instant).total_seconds():.0f} s ago"


def _error(error: str | None) -> str:
    return "" if error is None else f", last error: {error}"
