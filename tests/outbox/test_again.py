"""Beginning again takes nothing from the worker that holds the lane."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.outbox import deliveries
from secmon.outbox.claiming import LEASE, claim
from secmon.outbox.models import Delivery
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict
from secmon.outbox.spreading import spread
from tests.outbox.couriers import DELIVERED, Scripted, delivering, owe, to_all
from tests.service import FakeClock

REFUSED = AttemptOutcome(AttemptVerdict.REFUSED)
_WAITS_FOR_ROW = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event = 'transactionid'"
)


def one_made_one_owed(database: Database, first: AttemptOutcome) -> None:
    """The account's first message was sent or given up; a second one waits to be claimed."""
    owe(database, "a")
    delivering(wallet=Scripted(lambda _message: first)).drain(database)
    owe(database, "a")
    with database.work(SYSTEM) as work:
        spread(work, to_all("wallet"))


def begin_again(database: Database, how: str) -> None:
    with database.work(SYSTEM) as work:
        if how == "redrive":
            deliveries.redrive(work, "wallet")
            return
        first = select(Delivery.message_id).where(Delivery.position == 1)
        deliveries.retry(work, "wallet", work.session.scalars(first).one())


@pytest.mark.parametrize(("how", "first"), [("retry", DELIVERED), ("retry", REFUSED), ("redrive", REFUSED)])
def test_what_another_worker_is_sending_is_not_sent_twice(
    database: Database, clock: FakeClock, how: str, first: AttemptOutcome
):
    one_made_one_owed(database, first)
    with database.work(SYSTEM) as work:
        assert claim(work, "wallet").lanes
    begin_again(database, how)
    courier = Scripted()
    duty = delivering(wallet=courier)
    duty.drain(database)
    assert courier.sent == []
    clock.advance(LEASE)
    duty.drain(database)
    assert courier.of("a") == [1, 2]


def test_a_claim_that_is_being_made_is_waited_for(postgres: Database):
    one_made_one_owed(postgres, DELIVERED)
    thread = threading.Thread(target=begin_again, args=(postgres, "retry"))
    with postgres.work(SYSTEM) as work:
        assert claim(work, "wallet").lanes
        thread.start()
        with postgres.work(SYSTEM, write=False) as watching:
            while not watching.session.scalar(_WAITS_FOR_ROW):
                assert thread.is_alive()
    thread.join()
    courier = Scripted()
    delivering(wallet=courier).drain(postgres)
    assert courier.sent == []


def test_nobody_makes_out_deliveries_meanwhile(postgres: Database):
    one_made_one_owed(postgres, DELIVERED)
    delivering(wallet=Scripted()).drain(postgres)
    owe(postgres, "a")
    with postgres.work(SYSTEM) as work:
        first = select(Delivery.message_id).where(Delivery.position == 1)
        deliveries.retry(work, "wallet", work.session.scalars(first).one())
        with postgres.work(SYSTEM) as other:
            assert spread(other, to_all("wallet")) == 0
