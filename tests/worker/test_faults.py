"""Workers that are killed, receivers that fail: at least once, in order, with one id."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta

from secmon.core.clock import system_clock
from secmon.outbox.claiming import LEASE
from tests.receiver import Answer, Received, Receiver
from tests.service import FakeClock
from tests.worker.conftest import ENDS_WITHIN_S, Installation


def in_order(ids: list[str]) -> list[str]:
    """Each id where it came first."""
    return list(dict.fromkeys(ids))


def test_F01_a_worker_killed_in_the_middle_loses_nothing(installation: Installation, receiver: Receiver):
    installation.subscribe(receiver)
    owed = {account_id: installation.owe(account_id, 5) for account_id in "abcdefgh"}
    enough, never = threading.Event(), threading.Event()

    def answer_ten(_received: Received) -> Answer:
        if len(receiver.received) > 10:
            enough.set()
            never.wait(ENDS_WITHIN_S)
        return Answer()

    receiver.behave = answer_ten
    worker = installation.start_worker("run")
    assert enough.wait(ENDS_WITHIN_S)
    worker.send_signal(signal.SIGKILL)
    worker.wait(ENDS_WITHIN_S)
    never.set()
    receiver.behave = lambda _received: Answer()
    clock = FakeClock(system_clock())
    installation.drain(clock)
    clock.advance(LEASE + timedelta(seconds=1))
    installation.drain(clock)
    for account_id, ids in owed.items():
        sent = [
            received.message_id
            for received in receiver.received
            if received.document["data"]["account_id"] == account_id
        ]
        assert in_order(sent) == ids


def test_F09_what_was_taken_without_an_answer_is_sent_again_with_its_id(
    installation: Installation, receiver: Receiver
):
    installation.subscribe(receiver)
    receiver.behave = lambda _received: Answer(drop=True)
    (message_id,) = installation.owe("a")
    installation.drain()
    receiver.behave = lambda _received: Answer()
    clock = FakeClock(system_clock())
    clock.advance(timedelta(seconds=6))
    installation.drain(clock)
    assert [received.message_id for received in receiver.received] == [message_id, message_id]
    assert receiver.received[0].body == receiver.received[1].body


def test_F14_two_worker_processes_send_each_message_once(installation: Installation, receiver: Receiver):
    installation.subscribe(receiver)
    everything = threading.Event()
    owed = {message_id for account in range(40) for message_id in installation.owe(f"acct-{account}", 3)}

    def count(_received: Received) -> Answer:
        if {received.message_id for received in receiver.received} == owed:
            everything.set()
        return Answer()

    receiver.behave = count
    workers = [installation.start_worker("run") for _ in range(2)]
    assert everything.wait(ENDS_WITHIN_S)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    for worker in workers:
        worker.communicate(timeout=ENDS_WITHIN_S)
    assert sorted(received.message_id for received in receiver.received) == sorted(owed)
