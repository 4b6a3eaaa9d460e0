"""What became of a round is written down though the database fails for a moment: nothing is sent twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from secmon.database.engine import Database
from secmon.outbox.claiming import LEASE
from secmon.outbox.sending import AttemptOutcome, Claimed
from tests.outbox.couriers import DELIVERED, Scripted, delivering, owe, states
from tests.service import FakeClock

OWED = 200
# Whoever waits for the lock that `_broken` holds.
_WAITING = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE outbox_deliveries%'
"""


@contextmanager
def _locked(engine: Engine) -> Iterator[None]:
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE outbox_deliveries IN EXCLUSIVE MODE"))
        yield
        connection.rollback()


def _break_once(engine: Engine, is_locked: threading.Event) -> None:
    """Ends the connection of the next that writes to the deliveries, as a restart would."""
    with _locked(engine):
        is_locked.set()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
            while not watching.scalar(text(_WAITING)):
                pass


def test_a_write_that_fails_once_sends_nothing_twice(postgres: Database, clock: FakeClock):
    for number in range(OWED):
        owe(postgres, f"acct-{number}")
    is_locked = threading.Event()
    breaker = threading.Thread(target=_break_once, args=(postgres.engine, is_locked))
    once = threading.Lock()

    def judge(_message: Claimed) -> AttemptOutcome:
        with once:
            if not breaker.ident:
                breaker.start()
                is_locked.wait(60)
        return DELIVERED

    courier = Scripted(judge)
    duty = delivering(wallet=courier)
    duty.drain(postgres)
    breaker.join()
    clock.advance(LEASE)
    duty.drain(postgres)
    duty.stop()
    assert Counter(Counter(message.account_id for message in courier.sent).values()) == {1: OWED}
    assert states(postgres, "wallet") == ["delivered"] * OWED
