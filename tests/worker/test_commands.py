"""`secmon worker`, as an operator uses it."""

from __future__ import annotations

import re
import signal
import threading

from sqlalchemy import select, text, update

from secmon.core.actor import SYSTEM
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import Delivery
from secmon.worker.models import DutyRecord
from tests.receiver import Answer, Received, Receiver
from tests.worker.conftest import ENDS_WITHIN_S, Installation


def test_once_does_everything_of_one_duty_and_ends(installation: Installation, receiver: Receiver):
    installation.subscribe(receiver)
    ids = installation.owe("a", 3)
    output, _ = installation.start_worker("--once", "deliver").communicate(timeout=ENDS_WITHIN_S)
    assert "deliver: 6 done" in output
    assert [received.message_id for received in receiver.received] == ids


def test_a_duty_that_fails_once_says_so_and_is_written_down(installation: Installation):
    with installation.database.work(SYSTEM) as work:
        work.session.execute(text("ALTER TABLE outbox_messages RENAME TO elsewhere"))
    worker = installation.start_worker("--once", "deliver")
    output, _ = worker.communicate(timeout=ENDS_WITHIN_S)
    assert worker.returncode == 1
    assert "deliver: " in output
    with installation.database.work(SYSTEM, write=False) as work:
        (record,) = work.session.scalars(select(DutyRecord))
    assert (record.duty, record.failures, record.last_success_at) == ("deliver", 1, None)
    assert record.last_error


def test_status_says_what_is_behind(installation: Installation, receiver: Receiver):
    endpoint_id = installation.subscribe(receiver)
    receiver.behave = lambda _received: Answer(503)
    installation.owe("a", 2)
    installation.drain()
    status = installation.said("worker", "status")
    assert "deliver              last success never" in status
    assert f"{endpoint_id} pending 2, dead 0" in status
    installation.owe("a")
    assert re.search(r"messages to make out +1, oldest owed \d+ s ago", installation.said("worker", "status"))


def test_dead_messages_are_listed_and_begun_again(installation: Installation, receiver: Receiver):
    endpoint_id = installation.subscribe(receiver)
    receiver.behave = lambda _received: Answer(503)
    (message_id,) = installation.owe("a")
    installation.drain()
    given_up = update(Delivery).values(state=DeliveryState.DEAD, due_at=None)
    with installation.database.work(SYSTEM) as work:
        work.session.execute(given_up)
    assert message_id in installation.said("worker", "dead", endpoint_id)
    assert "1 begin again" in installation.said("worker", "redrive", endpoint_id)
    receiver.behave = lambda _received: Answer()
    installation.drain()
    assert [received.message_id for received in receiver.received] == [message_id, message_id]


def test_sigterm_lets_what_is_under_way_finish(installation: Installation, receiver: Receiver):
    installation.subscribe(receiver)
    arrived, may_answer = threading.Event(), threading.Event()

    def answer_late(_received: Received) -> Answer:
        arrived.set()
        may_answer.wait(ENDS_WITHIN_S)
        return Answer()

    receiver.behave = answer_late
    installation.owe("a", 2)
    worker = installation.start_worker("run")
    assert arrived.wait(ENDS_WITHIN_S)
    worker.send_signal(signal.SIGTERM)
    may_answer.set()
    output, _ = worker.communicate(timeout=ENDS_WITHIN_S)
    assert worker.returncode == 0, output
    installation.drain()
    ids = [received.message_id for received in receiver.received]
    assert len(ids) == len(set(ids)) == 2
