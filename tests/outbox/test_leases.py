"""Any number of workers, each message with one of them; what a dead worker held comes back."""

import threading
from collections import Counter
from datetime import timedelta
from itertools import chain

import pytest

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.outbox.claiming import LEASE, Lease, claim
from secmon.outbox.rounds import SettledAttempt, release, settle
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict
from secmon.outbox.spreading import spread
from tests.outbox.couriers import DELIVERED, FAILED, Scripted, delivering, owe, states, to_all
from tests.service import FakeClock


def claimed(database: Database) -> Lease:
    with database.work(SYSTEM) as work:
        spread(work, to_all("wallet"))
    with database.work(SYSTEM) as work:
        return claim(work, "wallet")


def test_what_a_killed_worker_held_comes_back_when_its_lease_ends(database: Database, clock: FakeClock):
    owe(database, "a", 2)
    assert claimed(database).lanes
    courier = Scripted()
    duty = delivering(wallet=courier)
    duty.drain(database)
    assert courier.sent == []
    clock.advance(LEASE)
    duty.drain(database)
    assert courier.of("a") == [1, 2]


def test_A22_a_stale_workers_failure_does_not_undo_what_another_worker_did(
    database: Database, clock: FakeClock
):
    owe(database, "a")
    stale = claimed(database)
    clock.advance(LEASE)
    delivering(wallet=Scripted()).drain(database)
    with database.work(SYSTEM) as work:
        settle(work, stale, [SettledAttempt(stale.lanes[0][0], FAILED)])
    assert states(database, "wallet") == ["delivered"]


@pytest.mark.parametrize(
    "verdict", [None, *(verdict for verdict in AttemptVerdict if verdict is not AttemptVerdict.DELIVERED)]
)
def test_A22_a_stale_worker_takes_nothing_from_the_one_that_tries_now(
    database: Database, clock: FakeClock, verdict: AttemptVerdict | None
):
    owe(database, "a", 2)
    owe(database, "b")
    stale = claimed(database)
    clock.advance(LEASE)
    trying = claimed(database)
    with database.work(SYSTEM) as work:
        if verdict is None:
            release(work, stale, chain(*stale.lanes))
        else:
            settle(work, stale, [SettledAttempt(lane[0], AttemptOutcome(verdict)) for lane in stale.lanes])
    clock.advance(timedelta(seconds=6))
    assert claimed(database).lanes == ()
    with database.work(SYSTEM) as work:
        settle(work, trying, [SettledAttempt(delivery, DELIVERED) for delivery in chain(*trying.lanes)])
    assert states(database, "wallet") == ["delivered"] * 3


def test_a_stale_workers_success_is_believed(database: Database, clock: FakeClock):
    owe(database, "a")
    stale = claimed(database)
    clock.advance(LEASE)
    delivering(wallet=Scripted(lambda _message: FAILED)).drain(database)
    with database.work(SYSTEM) as work:
        settle(work, stale, [SettledAttempt(stale.lanes[0][0], DELIVERED)])
    assert states(database, "wallet") == ["delivered"]


def test_F11_a_lease_from_a_clock_a_year_ahead_does_not_last_a_year(database: Database, clock: FakeClock):
    owe(database, "a")
    clock.advance(timedelta(days=365))
    assert claimed(database).lanes
    clock.advance(timedelta(days=-365))
    courier = Scripted()
    delivering(wallet=courier).drain(database)
    assert courier.of("a") == [1]


def test_F11_a_clock_that_jumps_ahead_sends_nothing_twice(database: Database, clock: FakeClock):
    owe(database, "a", 3)
    courier = Scripted()
    duty = delivering(wallet=courier)
    duty.drain(database)
    for jump in (timedelta(seconds=90), timedelta(hours=-1), timedelta(days=365)):
        clock.advance(jump)
        duty.drain(database)
    assert courier.of("a") == [1, 2, 3]


def test_F14_a_claim_neither_waits_for_another_nor_takes_what_that_one_takes(postgres: Database):
    owe(postgres, "a", 2)
    with postgres.work(SYSTEM) as work:
        spread(work, to_all("wallet"))
    with postgres.work(SYSTEM) as claiming:
        assert [len(lane) for lane in claim(claiming, "wallet").lanes] == [2]
        owe(postgres, "b")
        (other,) = claimed(postgres).lanes
        assert [delivery.account_id for delivery in other] == ["b"]


def test_F14_two_workers_at_once_send_each_message_once_and_in_order(postgres: Database):
    for account_id in range(60):
        owe(postgres, f"acct-{account_id}", 3)
    courier = Scripted()
    workers = [delivering(wallet=courier) for _ in range(3)]
    threads = [threading.Thread(target=worker.drain, args=(postgres,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workers[0].drain(postgres)
    assert set(Counter(message.message_id for message in courier.sent).values()) == {1}
    assert all(courier.of(f"acct-{account_id}") == [1, 2, 3] for account_id in range(60))
