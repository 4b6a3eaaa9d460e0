"""The duties and the outbox as Prometheus metrics, read from the database when they are asked for.

So any web process answers for all workers, and nobody scrapes a worker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import psycopg
import structlog
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from secmon.core.actor import SYSTEM
from secmon.credentials import reminders
from secmon.credentials.reminders import DueReminders
from secmon.database.engine import Database
from secmon.logins import marks
from secmon.logins.marks import Spray
from secmon.outbox import deliveries
from secmon.outbox.deliveries import Backlog, UnspreadBacklog
from secmon.rooms.duty import Duty
from secmon.worker.runs import DutyStatus, statuses

log = structlog.get_logger(__name__)


class WorkerCollector(Collector):
    """Collects at each scrape; labels are duties and receivers, of which there are few."""

    def __init__(self, database: Database, duties: Sequence[Duty]) -> None:
        self._database = database
        self._duties = duties

    def collect(self) -> Iterator[Metric]:
        try:
            with self._database.work(SYSTEM, write=False) as work:
                found = [
                    *_duty_metrics(statuses(work, self._duties)),
                    *_outbox_metrics(deliveries.backlogs(work), work.now),
                    *_spray_metrics(marks.latest(work)),
                    *_waiting_metrics(deliveries.unspread(work), reminders.due(work), work.now),
                ]
        except (SQLAlchemyError, psycopg.Error) as error:
            # The requests' own metrics are wanted most when the database is away.
            log.warning("worker_metrics_not_read", kind=type(error).__name__)
            return
        yield from found


def _duty_metrics(rows: Sequence[DutyStatus]) -> Iterator[Metric]:
    done = CounterMetricFamily("secmon_duty_done", "Things that a duty did", labels=["duty"])
    failures = CounterMetricFamily("secmon_duty_failures", "Runs of a duty that failed", labels=["duty"])
    last_run = GaugeMetricFamily("secmon_duty_last_run_seconds", "When a duty ran last", labels=["duty"])
    lag = GaugeMetricFamily("secmon_duty_lag_seconds", "How late a duty's success is", labels=["duty"])
    for row in rows:
        done.add_metric([row.name], row.done)
        failures.add_metric([row.name], row.failures)
        if row.last_run_at is not None:
            last_run.add_metric([row.name], row.last_run_at.timestamp())
        lag.add_metric([row.name], row.lag.total_seconds())
    yield from (done, failures, last_run, lag)


def _outbox_metrics(backlogs: Sequence[Backlog], now: datetime) -> Iterator[Metric]:
    pending = GaugeMetricFamily("secmon_outbox_pending", "Deliveries still to be made", labels=["receiver"])
    dead = GaugeMetricFamily("secmon_outbox_dead", "Deliveries that were given up", labels=["receiver"])
    late = GaugeMetricFamily(
        "secmon_outbox_late_seconds", "Age of the oldest due delivery", labels=["receiver"]
    )
    for backlog in backlogs:
        pending.add_metric([backlog.receiver], backlog.pending)
        dead.add_metric([backlog.receiver], backlog.dead)
        oldest = backlog.oldest_due_at
        late.add_metric([backlog.receiver], _age(oldest, now))
    yield from (pending, dead, late)


def _waiting_metrics(unspread: UnspreadBacklog, due: DueReminders, now: datetime) -> Iterator[Metric]:
    """What no receiver's backlog shows: messages before their deliveries are made out, and reminders."""
    for name, says, value in (
        ("secmon_outbox_unspread", "Messages with no deliveries made out yet", unspread.messages),
        ("secmon_outbox_unspread_seconds", "Age of the oldest of them", _age(unspread.oldest_owed_at, now)),
        ("secmon_reminders_due", "Password reminders that are due", due.reminders),
        ("secmon_reminders_late_seconds", "How long the oldest of them is", _age(due.oldest_at, now)),
    ):
        yield GaugeMetricFamily(name, says, value=value)


def _spray_metrics(spray: Spray) -> Iterator[Metric]:
    for name, says, value in (
        ("secmon_login_spray", "1 while far more accounts fail than usual", float(spray.raised)),
        ("secmon_login_accounts_failing", "Accounts that failed lately and did not get in", spray.failed),
        ("secmon_login_accounts_failing_usual", "How many of them are usual", spray.usual),
        ("secmon_login_spraying_sources", "Sources that failed on many accounts in a day", spray.sources),
    ):
        yield GaugeMetricFamily(name, says, value=value)


def _age(instant: datetime | None, now: datetime) -> float:
    return 0.0 if instant is None else max(0.0, (now - instant).total_seconds())
