"""Tried again by schedule, given up after the last, begun again when somebody asks."""

from datetime import timedelta

import pytest

from secmon.cases.service import holds
from secmon.core.actor import SYSTEM
from secmon.core.pages import PageRequest
from secmon.database.engine import Database
from secmon.database.retention import Expired
from secmon.outbox import deliveries, retention
from secmon.outbox.claiming import LANE_DEPTH
from secmon.outbox.deliveries import DeliveryUnknown
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.schedule import DELAYS
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict
from tests.outbox.couriers import DELIVERED, FAILED, Scripted, delivering, owe, states
from tests.service import FakeClock


def fail_until_dead(database: Database, clock: FakeClock, courier: Scripted) -> None:
    duty = delivering(wallet=courier)
    duty.drain(database)
    for delay in DELAYS:
        clock.advance(1.1 * delay)
        duty.drain(database)


def test_a_message_is_tried_ten_times_with_one_id_and_then_dead(database: Database, clock: FakeClock):
    owe(database, "a")
    courier = Scripted(lambda _message: FAILED)
    fail_until_dead(database, clock, courier)
    assert [message.attempts for message in courier.sent] == list(range(10))
    assert len({message.message_id for message in courier.sent}) == 1
    assert states(database, "wallet") == ["dead"]


def test_nothing_is_tried_before_its_time(database: Database, clock: FakeClock):
    owe(database, "a")
    courier = Scripted(lambda _message: FAILED)
    duty = delivering(wallet=courier)
    duty.drain(database)
    clock.advance(timedelta(seconds=4.9))
    duty.drain(database)
    assert len(courier.sent) == 1


def test_retry_after_is_waited_for(database: Database, clock: FakeClock):
    owe(database, "a")
    busy = AttemptOutcome(AttemptVerdict.FAILED, 429, "answered 429", timedelta(minutes=2))
    courier = Scripted(lambda _message: busy)
    duty = delivering(wallet=courier)
    duty.drain(database)
    clock.advance(timedelta(minutes=1, seconds=59))
    duty.drain(database)
    assert len(courier.sent) == 1
    clock.advance(timedelta(seconds=1 + 12))
    duty.drain(database)
    assert len(courier.sent) == 2


def test_dead_messages_are_listed_and_can_be_begun_again(database: Database, clock: FakeClock):
    owe(database, "a", 2)
    courier = Scripted(lambda _message: FAILED)
    fail_until_dead(database, clock, courier)
    with database.work(SYSTEM, write=False) as work:
        listed, _ = deliveries.listed(work, "wallet", DeliveryState.DEAD, PageRequest())
    assert [(row.delivery.account_id, row.delivery.last_error) for row in listed] == [("a", "answered 503")]
    courier.judge = lambda _message: DELIVERED
    with database.work(SYSTEM) as work:
        assert deliveries.redrive(work, "wallet") == 1
        assert deliveries.redrive(work, "elsewhere") == 0
    delivering(wallet=courier).drain(database)
    assert courier.of("a")[-2:] == [1, 2]
    assert states(database, "wallet") == ["delivered", "delivered"]


def test_a_delivery_is_repeated_on_request_with_its_id(database: Database):
    owe(database, "a")
    courier = Scripted()
    duty = delivering(wallet=courier)
    duty.drain(database)
    with database.work(SYSTEM) as work:
        deliveries.retry(work, "wallet", courier.sent[0].message_id)
    duty.drain(database)
    assert courier.sent[0].message_id == courier.sent[1].message_id
    with pytest.raises(DeliveryUnknown), database.work(SYSTEM) as work:
        deliveries.retry(work, "elsewhere", courier.sent[0].message_id)


def test_a_receiver_that_is_gone_is_switched_off_and_what_it_is_owed_is_kept(database: Database):
    for account_id in "abcdefgh":
        owe(database, account_id)
    gone = AttemptOutcome(AttemptVerdict.GONE, 410, "answered 410 Gone")
    courier = Scripted(lambda _message: gone)
    delivering(wallet=courier).run(database)
    duty = delivering(wallet=courier)
    duty.run(database)
    duty.stop()
    assert courier.switched_off
    assert len(courier.sent) < 8
    assert set(states(database, "wallet")) == {"pending"}


def test_what_was_sent_long_ago_is_forgotten_and_what_was_not_is_kept(database: Database, clock: FakeClock):
    owe(database, "a", 2)
    owe(database, "b")
    courier = Scripted(lambda message: FAILED if message.account_id == "b" else DELIVERED)
    delivering(wallet=courier).drain(database)
    clock.advance(timedelta(days=10))
    with database.work(SYSTEM) as work:
        assert retention.purge(work, Expired(work.now - timedelta(days=11), holds)).rows == 0
        assert retention.purge(work, Expired(work.now - timedelta(days=9), holds)).rows == 2
        assert retention.purge(work, Expired(work.now - timedelta(days=9), holds)).rows == 0
    assert states(database, "wallet") == ["pending"]


def test_all_that_waited_behind_a_delivery_goes_with_it_when_it_is_repeated(database: Database):
    owe(database, "a", LANE_DEPTH + 3)
    courier = Scripted(lambda _message: FAILED)
    duty = delivering(wallet=courier)
    duty.drain(database)
    courier.judge = lambda _message: DELIVERED
    with database.work(SYSTEM) as work:
        deliveries.retry(work, "wallet", courier.sent[0].message_id)
    duty.drain(database)
    assert courier.of("a") == [1, *range(1, LANE_DEPTH + 4)]
