"""An account's messages reach each receiver in order, and nobody waits for somebody else."""

import threading
from datetime import timedelta

from sqlalchemy import select

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.outbox.claiming import LANE_DEPTH, claim
from secmon.outbox.models import Delivery
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict, Claimed
from tests.outbox.couriers import DELIVERED, FAILED, Scripted, delivering, owe, states
from tests.service import FakeClock


def test_messages_of_an_account_are_sent_in_order(database: Database):
    for account_id in ("a", "b", "c"):
        owe(database, account_id, 40)
    courier = Scripted()
    delivering(wallet=courier).drain(database)
    assert [courier.of(account_id) for account_id in "abc"] == [list(range(1, 41))] * 3


def test_what_stands_behind_a_failure_waits_for_it_and_other_accounts_do_not(
    database: Database, clock: FakeClock
):
    owe(database, "a", 3)
    owe(database, "b", 2)
    courier = Scripted(lambda message: FAILED if message.account_id == "a" else DELIVERED)
    duty = delivering(wallet=courier)
    duty.drain(database)
    owe(database, "a")
    duty.drain(database)
    assert (courier.of("a"), courier.of("b")) == ([1], [1, 2])
    courier.judge = lambda _message: DELIVERED
    clock.advance(timedelta(seconds=6))
    duty.drain(database)
    assert courier.of("a") == [1, 1, 2, 3, 4]


def test_what_is_owed_while_a_receiver_is_down_is_not_due_before_what_it_failed_to_take(
    database: Database,
):
    duty = delivering(wallet=Scripted(lambda _message: FAILED))
    for _ in range(3):
        owe(database, "a")
        duty.drain(database)
    with database.work(SYSTEM, write=False) as work:
        due = work.session.scalars(select(Delivery.due_at)).all()
    # Due at once, each would be looked at in vain by every claim for hours.
    assert (len(due), len(set(due))) == (3, 1)


def test_what_cannot_be_delivered_ever_lets_the_next_pass_at_once(database: Database):
    owe(database, "a", 2)
    refused = AttemptOutcome(AttemptVerdict.REFUSED, 550, "no such mailbox")
    courier = Scripted(lambda message: refused if message.position == 1 else DELIVERED)
    delivering(mail=courier).drain(database)
    assert courier.of("a") == [1, 2]
    assert states(database, "mail") == ["dead", "delivered"]


def test_a_receiver_that_does_not_answer_holds_up_no_other(database: Database):
    owe(database, "a", 2)
    released = threading.Event()

    def hang(_message: Claimed) -> AttemptOutcome:
        released.wait(30)
        return FAILED

    hanging, quick = Scripted(hang), Scripted()
    duty = delivering(hanging=hanging, quick=quick)
    while len(quick.sent) < 2 or not hanging.sent:
        duty.run(database)
    owe(database, "b")
    while len(quick.sent) < 3:
        duty.run(database)
    assert len(hanging.sent) == 1
    released.set()
    duty.stop()


def test_only_the_head_of_a_lane_can_be_claimed(database: Database, clock: FakeClock):
    owe(database, "a", LANE_DEPTH + 5)
    delivering(wallet=Scripted(lambda _message: FAILED)).drain(database)
    clock.advance(timedelta(seconds=6))
    with database.work(SYSTEM) as work:
        first = claim(work, "wallet")
    with database.work(SYSTEM) as work:
        second = claim(work, "wallet")
    assert [len(lane) for lane in first.lanes] == [LANE_DEPTH]
    assert second.lanes == ()


def test_our_own_mistake_with_one_message_is_a_failed_attempt_and_no_more(database: Database):
    owe(database, "a", 2)
    owe(database, "b", 2)

    def stumble(message: Claimed) -> AttemptOutcome:
        if message.account_id == "a":
            raise LookupError(message.kind)
        return DELIVERED

    delivering(wallet=Scripted(stumble)).drain(database)
    assert states(database, "wallet") == ["pending", "pending", "delivered", "delivered"]
