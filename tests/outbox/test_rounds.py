"""Each receiver has its own round: one that hangs, fails or goes away is nobody else's matter."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.outbox.claiming import MOST_LANES
from secmon.outbox.delivering import Delivering
from secmon.outbox.models import Delivery
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict, Claimed, Courier
from tests.outbox.couriers import DELIVERED, Scripted, delivering, owe, states, to_all

WITHIN_S = 60


def test_a_receiver_that_hangs_makes_no_other_wait_for_the_drain(postgres: Database):
    owed = MOST_LANES + 10
    for number in range(owed):
        owe(postgres, f"acct-{number}")
    may_answer, all_sent = threading.Event(), threading.Event()

    def hang(_message: Claimed) -> AttemptOutcome:
        may_answer.wait(WITHIN_S)
        return DELIVERED

    def count(_message: Claimed) -> AttemptOutcome:
        if len(prompt.sent) == owed:
            all_sent.set()
        return DELIVERED

    prompt = Scripted(count)
    duty = delivering(prompt=prompt, hangs=Scripted(hang))
    with ThreadPoolExecutor(1) as executor:
        draining = executor.submit(duty.drain, postgres)
        in_time = all_sent.wait(WITHIN_S / 2)
        may_answer.set()
        draining.result()
    assert in_time
    assert set(states(postgres, "hangs")) == {"delivered"}


class Broken(Scripted):
    """Our own mistake, where nothing catches it."""

    def switch_off(self, work: Work) -> None:
        raise LookupError("not this one")


def test_a_round_that_fails_holds_up_no_other_and_is_told_in_the_end(database: Database):
    for number in range(20):
        owe(database, f"acct-{number}")
    duty = delivering(wallet=Scripted(), broken=Broken(lambda _message: AttemptOutcome(AttemptVerdict.GONE)))
    with pytest.raises(LookupError):
        duty.drain(database)
    assert states(database, "wallet") == ["delivered"] * 20


def test_whoever_is_switched_off_is_sent_no_more_of_the_round(database: Database):
    for number in range(20):
        owe(database, f"acct-{number}")
    arrived, may_answer = threading.Event(), threading.Event()

    def hang(_message: Claimed) -> AttemptOutcome:
        arrived.set()
        may_answer.wait(WITHIN_S)
        return DELIVERED

    courier = Scripted(hang)
    switched_on: dict[str, Courier] = {"wallet": courier}
    duty = Delivering(to_all("wallet"), lambda _work: dict(switched_on), in_flight=2)
    while not arrived.is_set():
        duty.run(database)
    switched_on.clear()
    duty.run(database)
    may_answer.set()
    while leased(database):
        duty.run(database)
    assert len(courier.sent) <= 2
    assert states(database, "wallet").count("pending") >= 18


def leased(database: Database) -> int:
    with database.work(SYSTEM, write=False) as work:
        held = select(func.count()).select_from(Delivery).where(Delivery.lease_id.is_not(None))
        return work.session.scalar(held) or 0
