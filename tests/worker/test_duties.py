"""What a worker does, written out: a duty that is taken out of the list is missed here."""

from __future__ import annotations

import pytest

from secmon.database.engine import Database, make_engine
from secmon.worker.duties import duties
from tests.databases import fresh_database
from tests.service import Service

DUTIES = {
    "backtest",
    "checkpoint-audit",
    "count-population",
    "count-quality",
    "deliver",
    "end-deliveries",
    "purge-alerts",
    "purge-cases",
    "purge-credential-changes",
    "purge-enrolments",
    "purge-failure-marks",
    "purge-gate-requests",
    "watch-failures",
    "purge-guesses",
    "purge-holds",
    "purge-idempotency-keys",
    "purge-login-verdicts",
    "purge-logins",
    "purge-messages",
    "purge-tombstones",
    "remind-passwords",
    "sum-up-alerts",
    "tell-overdue-cases",
}


def test_a_worker_does_all_of_these(sqlite_service: Service) -> None:
    done = [duty.name for duty in duties(sqlite_service.settings, sqlite_service.database)]
    assert sorted(done) == sorted(DUTIES)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_duty_runs_where_there_is_nothing_to_do(kind: str, sqlite_service: Service) -> None:
    database = Database(make_engine(fresh_database(kind)), sqlite_service.clock)
    for duty in duties(sqlite_service.settings, database):
        # The record says even then how far it is, and so do the failures of the last day.
        told = {"checkpoint-audit": 1, "watch-failures": 144}
        assert duty.do_all(database) == told.get(duty.name, 0), duty.name
        duty.stop()
    database.dispose()
