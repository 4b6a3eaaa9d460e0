"""F08: a receiver that is down for hours, then slow, then gone: each message once and in order, then none."""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from secmon.core.actor import SYSTEM
from secmon.core.clock import system_clock
from secmon.outbox.claiming import LEASE
from secmon.webhooks import service as webhooks
from secmon.webhooks.models import OffReason, WebhookEndpoint
from tests.receiver import Answer, Received, Receiver
from tests.service import FakeClock
from tests.worker.conftest import CHOSEN, ENDS_WITHIN_S, Installation

ACCOUNTS = "abc"
# The ids of each account's messages, in order.
Messages = dict[str, list[str]]


def test_F08_down_for_six_hours_then_slow_then_gone(installation: Installation, receiver: Receiver) -> None:
    clock, owed = FakeClock(system_clock()), Messages()
    endpoint_id = uuid.UUID(installation.subscribe(receiver))
    receiver.close()
    for _ in range(12):
        owe_each(installation, owed)
        clock.advance(timedelta(minutes=30))
        installation.drain(clock)
    back = Receiver(receiver.port)
    clock.advance(timedelta(hours=6))
    deliver_slowly(installation, clock, back)
    assert by_account(back.received) == owed
    delivered = len(back.received)

    back.behave = lambda _received: Answer(410)
    owe_each(installation, owed)
    installation.drain(clock)
    assert endpoint(installation, endpoint_id).off_reason == OffReason.GONE
    told = len(back.received)
    clock.advance(timedelta(days=1))
    installation.drain(clock)
    assert len(back.received) == told

    # Whoever switches it on again has lost nothing.
    del back.received[delivered:]
    back.behave = lambda _received: Answer()
    switch_on(installation, endpoint_id)
    installation.drain(clock)
    assert by_account(back.received) == owed
    back.close()


def owe_each(installation: Installation, owed: Messages) -> None:
    for account_id in ACCOUNTS:
        owed.setdefault(account_id, []).extend(installation.owe(account_id))


def deliver_slowly(installation: Installation, clock: FakeClock, receiver: Receiver) -> None:
    """No answer comes for most of a lease, while one message of each account is under way.

    A second worker that looks meanwhile finds nothing that it may send.
    """
    all_wait, may_answer = threading.Event(), threading.Event()

    def answer_late(_received: Received) -> Answer:
        if len(receiver.received) == len(ACCOUNTS):
            all_wait.set()
        may_answer.wait(ENDS_WITHIN_S)
        return Answer()

    receiver.behave = answer_late
    with ThreadPoolExecutor(1) as worker:
        draining = worker.submit(installation.drain, clock)
        assert all_wait.wait(ENDS_WITHIN_S)
        clock.advance(LEASE - timedelta(seconds=1))
        installation.drain(clock)
        assert len(receiver.received) == len(ACCOUNTS)
        may_answer.set()
        draining.result()


def by_account(received: list[Received]) -> Messages:
    """Everything that came in, each time that it came."""
    came: Messages = defaultdict(list)
    for one in received:
        came[one.document["data"]["account_id"]].append(one.message_id)
    return came


def endpoint(installation: Installation, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    with installation.database.work(SYSTEM, write=False) as work:
        return webhooks.get(work, endpoint_id)


def switch_on(installation: Installation, endpoint_id: uuid.UUID) -> None:
    with installation.database.work(SYSTEM) as work:
        webhooks.change(work, CHOSEN, webhooks.lock(work, endpoint_id), enabled=True)
