"""What is behind is read from what is behind, however much was delivered before."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.outbox import deliveries
from secmon.outbox.deliveries import Backlog, UnspreadBacklog
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict
from tests.outbox.couriers import FAILED, Scripted, delivering, owe
from tests.service import START, FakeClock
from tools.plans import explained

_DELIVERED_LONG_AGO = (
    """
    INSERT INTO outbox_messages (account_id, message_id, position, kind, payload, owed_at, spread_at)
    SELECT 'old-' || n, gen_random_uuid(), 1, 'login.alert', '{}', now(), now()
    FROM generate_series(1, 30000) AS n
    """,
    """
    INSERT INTO outbox_deliveries (account_id, message_id, receiver, position, state, attempts)
    SELECT account_id, message_id, 'wallet', 1, 'delivered', 1
    FROM outbox_messages WHERE account_id LIKE 'old-%'
    """,
    "ANALYZE outbox_messages",
    "ANALYZE outbox_deliveries",
)


def test_pending_and_dead_are_counted_by_receiver(database: Database, clock: FakeClock):
    owe(database, "a", 2)
    refused = Scripted(lambda _message: AttemptOutcome(AttemptVerdict.REFUSED))
    delivering(down=Scripted(lambda _message: FAILED), refuses=refused, works=Scripted()).drain(database)
    clock.advance(timedelta(minutes=1))
    with database.work(SYSTEM, write=False) as work:
        down, refuses = deliveries.backlogs(work)
    assert (down.receiver, down.pending, down.dead) == ("down", 2, 0)
    assert down.oldest_due_at is not None
    assert START < down.oldest_due_at < clock.now
    assert refuses == Backlog("refuses", 0, 2, None)


def test_what_no_worker_looked_at_yet_is_counted(database: Database, clock: FakeClock):
    owe(database, "a")
    clock.advance(timedelta(minutes=1))
    owe(database, "b")
    with database.work(SYSTEM, write=False) as work:
        assert deliveries.unspread(work) == UnspreadBacklog(2, START)
    delivering(wallet=Scripted()).drain(database)
    with database.work(SYSTEM, write=False) as work:
        assert deliveries.unspread(work) == UnspreadBacklog(0, None)


def test_no_delivery_that_was_made_is_read(postgres: Database):
    with postgres.work(SYSTEM) as work:
        for statement in _DELIVERED_LONG_AGO:
            work.session.execute(text(statement))
    owe(postgres, "a", 2)
    delivering(down=Scripted(lambda _message: FAILED)).drain(postgres)

    def read() -> None:
        with postgres.work(SYSTEM, write=False) as work:
            assert [backlog.pending for backlog in deliveries.backlogs(work)] == [2]
            assert deliveries.unspread(work).messages == 0

    plans = explained(postgres.engine, read)
    assert len(plans) == 3
    assert [plan.statement for plan in plans if plan.scanned_whole()] == []
