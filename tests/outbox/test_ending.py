"""A receiver that is gone is owed nothing: no metric shows it, and no message is kept for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from secmon.cases.service import holds
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.retention import Expired
from secmon.outbox import deliveries, ending, retention
from secmon.outbox.models import OwedMessage
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict
from secmon.outbox.spreading import spread
from tests.outbox.couriers import FAILED, Scripted, delivering, owe, to_all
from tests.service import FakeClock


def ended(database: Database, *receivers: str, sends_mail: bool = True) -> int:
    with database.work(SYSTEM) as work:
        return ending.end(work, lambda _work: dict.fromkeys(receivers, False), sends_mail=sends_mail)


def owed_to(database: Database) -> list[str]:
    with database.work(SYSTEM, write=False) as work:
        return [backlog.receiver for backlog in deliveries.backlogs(work)]


def test_what_a_deleted_endpoint_is_owed_ends_and_nothing_else(database: Database, clock: FakeClock):
    owe(database, "a", 3)
    refused = Scripted(lambda _message: AttemptOutcome(AttemptVerdict.REFUSED))
    delivering(deleted=Scripted(lambda _message: FAILED), dead=refused, off=refused).drain(database)
    assert owed_to(database) == ["dead", "deleted", "off"]
    assert ended(database, "off") == 6
    assert ended(database, "off") == 0
    assert owed_to(database) == ["off"]
    clock.advance(timedelta(days=200))
    with database.work(SYSTEM) as work:
        retention.purge(work, Expired(work.now - timedelta(days=184), holds))
        assert work.session.scalar(select(func.count()).select_from(OwedMessage)) == 0


@pytest.mark.parametrize("receiver", ["email", "email:former"])
def test_letters_wait_for_a_mail_server_as_long_as_they_would_be_tried(
    database: Database, clock: FakeClock, receiver: str
):
    owe(database, "a")
    with database.work(SYSTEM) as work:
        spread(work, to_all(receiver))
    clock.advance(ending.WAITS)
    assert ended(database, sends_mail=False) == 0
    clock.advance(timedelta(minutes=1))
    assert ended(database, sends_mail=True) == 0
    assert ended(database, sends_mail=False) == 1
    assert owed_to(database) == []


def test_what_an_endpoint_that_is_gone_for_now_is_owed_ends_in_time(database: Database, clock: FakeClock):
    owe(database, "a")
    with database.work(SYSTEM) as work:
        spread(work, to_all("gone", "off"))
    clock.advance(ending.WAITS + timedelta(minutes=1))
    with database.work(SYSTEM) as work:
        assert ending.end(work, lambda _work: {"gone": True, "off": False}, sends_mail=True) == 1
    assert owed_to(database) == ["off"]
