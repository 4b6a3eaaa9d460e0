"""What the worker does, as any web process tells Prometheus."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from secmon.database.engine import Database, make_engine
from secmon.observing.metrics import COLLECTORS
from secmon.outbox import service as outbox
from secmon.outbox.delivering import Delivering
from secmon.outbox.kinds import Kind
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict
from secmon.rooms.duty import Duty
from secmon.worker.metrics import WorkerCollector
from secmon.worker.runs import Tally, write_down
from tests.databases import fresh_database
from tests.outbox.couriers import Scripted, to_all
from tests.service import NO_TLS, Service


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_duties_and_what_is_owed_are_metrics(kind: str, tmp_path: Path):
    service = Service(fresh_database(kind), tmp_path, metrics_token="scrape")
    tally = Tally()
    tally.succeed(3)
    tally.fail(LookupError("no"))
    with service.work() as work:
        write_down(work, Duty("deliver", timedelta(seconds=0.25), lambda _database: 0), tally)
        outbox.owe(work, "a", Kind.ACCOUNT_FROZEN, {})
    courier = Scripted(lambda _message: AttemptOutcome(AttemptVerdict.FAILED))
    Delivering(to_all("wallet"), lambda _work: {"wallet": courier}).drain(service.database)
    service.clock.advance(timedelta(minutes=1))
    answer = httpx.get(f"{service.url}/metrics", headers={"Authorization": "Bearer scrape"}, verify=NO_TLS)
    service.stop()
    assert 'secmon_duty_done_total{duty="deliver"} 3.0' in answer.text
    assert 'secmon_duty_failures_total{duty="deliver"} 1.0' in answer.text
    assert 'secmon_duty_lag_seconds{duty="deliver"} 59.75' in answer.text
    assert 'secmon_duty_lag_seconds{duty="remind-passwords"} 0.0' in answer.text
    assert 'secmon_outbox_pending{receiver="wallet"} 1.0' in answer.text
    assert "secmon_outbox_unspread 0.0" in answer.text
    late = next(line for line in answer.text.splitlines() if line.startswith("secmon_outbox_late_seconds{"))
    assert 54 <= float(late.split()[-1]) <= 55


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_waits_while_no_worker_ever_ran_is_metrics_and_status(kind: str, tmp_path: Path):
    service = Service(fresh_database(kind), tmp_path, metrics_token="scrape")
    with service.client("wallet") as wallet:
        dated = (service.clock.now - timedelta(days=90)).isoformat()
        wallet.put("/v1/accounts/a", json={"password_changed_at": dated}).raise_for_status()
    with service.work() as work:
        outbox.owe(work, "a", Kind.ACCOUNT_FROZEN, {})
    service.clock.advance(timedelta(minutes=20))
    answer = httpx.get(f"{service.url}/metrics", headers={"Authorization": "Bearer scrape"}, verify=NO_TLS)
    service.stop()
    for shown in (
        'secmon_duty_lag_seconds{duty="deliver"} 1199.75',
        "secmon_outbox_unspread 1.0",
        "secmon_outbox_unspread_seconds 1200.0",
        "secmon_reminders_due 1.0",
        "secmon_reminders_late_seconds 1200.0",
    ):
        assert shown in answer.text


def test_metrics_are_told_without_the_database_too(tmp_path: Path):
    service = Service(fresh_database("postgresql"), tmp_path, metrics_token="scrape")
    away = WorkerCollector(Database(make_engine("postgresql://127.0.0.1:1/none")), ())
    COLLECTORS.put(service.app, (away,))
    answer = httpx.get(f"{service.url}/metrics", headers={"Authorization": "Bearer scrape"}, verify=NO_TLS)
    service.stop()
    assert answer.status_code == 200
    assert "secmon_http_requests" in answer.text
