"""Workers that are killed, receivers that fail: at least once, in order, with one id."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta

from sqlalchemy import update

from secmon.core.actor import SYSTEM
from secmon.core.clock import system_clock
from secmon.database.engine import Database
from secmon.outbox.claiming import LEASE, claim
from secmon.outbox.models import Delivery
from secmon.outbox.spreading import spread
from secmon.webhooks import service as webhooks
from secmon.webhooks.couriers import subscribed
from tests.faults.waiting import until
from tests.receiver import Answer, Received, Receiver
from tests.service import FakeClock
from tests.worker.conftest import ENDS_WITHIN_S, Installation


def sent(receiver: Receiver) -> dict[str, list[str]]:
    """What came in for each account, each time that it came."""
    came: dict[str, list[str]] = {}
    for received in receiver.received:
        came.setdefault(received.document["data"]["account_id"], []).append(received.message_id)
    return came


def end_leases(installation: Installation) -> None:
    """As if they had lasted as long as they do."""
    with installation.database.work(SYSTEM) as work:
        work.session.execute(update(Delivery).where(Delivery.lease_id.is_not(None)).values(due_at=work.now))


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
    assert {account_id: in_order(ids) for account_id, ids in sent(receiver).items()} == owed


def test_F01_what_a_killed_worker_held_comes_from_the_next_one_when_its_lease_ends(
    installation: Installation, receiver: Receiver
):
    installation.subscribe(receiver)
    held = {account_id: installation.owe(account_id, 3) for account_id in "abcd"}
    under_way, killed = threading.Barrier(len(held) + 1), threading.Event()

    def never_answer(_received: Received) -> Answer:
        under_way.wait(ENDS_WITHIN_S)
        killed.wait(ENDS_WITHIN_S)
        return Answer(drop=True)

    receiver.behave = never_answer
    first = installation.start_worker("run")
    under_way.wait(ENDS_WITHIN_S)
    first.kill()
    first.wait(ENDS_WITHIN_S)
    killed.set()
    receiver.behave = lambda _received: Answer()
    for account_id in held:
        held[account_id] += installation.owe(account_id, 2)
    free = {account_id: installation.owe(account_id, 2) for account_id in "efgh"}
    second = installation.start_worker("run")
    until(lambda: free.items() <= sent(receiver).items(), "those whom nobody holds are told")
    # Nobody knows that the first one is dead, and nothing overtakes what it may be sending.
    assert sent(receiver) == free | {account_id: ids[:1] for account_id, ids in held.items()}
    end_leases(installation)
    all_sent = free | {account_id: [ids[0], *ids] for account_id, ids in held.items()}
    until(lambda: sent(receiver) == all_sent, "everybody is told", tell=lambda: str(sent(receiver)))
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=ENDS_WITHIN_S)
    assert sent(receiver) == all_sent


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


def test_F11_a_worker_sends_once_what_one_a_year_ahead_had_claimed(
    installation: Installation, receiver: Receiver
):
    installation.subscribe(receiver)
    ids = installation.owe("a", 2)
    ahead = Database(installation.database.engine, FakeClock(system_clock() + timedelta(days=365)))
    with ahead.work(SYSTEM) as work:
        spread(work, subscribed)
    with ahead.work(SYSTEM) as work:
        (lease,) = [claim(work, str(endpoint.endpoint_id)) for endpoint in webhooks.switched_on(work)]
    assert [len(lane) for lane in lease.lanes] == [2]
    installation.start_worker("--once", "deliver").communicate(timeout=ENDS_WITHIN_S)
    installation.drain()
    assert sent(receiver) == {"a": ids}
