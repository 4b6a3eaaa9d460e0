"""Couriers with behaviour, and the small things that outbox tests do over and over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from sqlalchemy import select

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.delivering import Delivering
from secmon.outbox.kinds import Kind
from secmon.outbox.models import Delivery
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict, Claimed, Courier
from secmon.outbox.spreading import Addressing, Unspread

DELIVERED = AttemptOutcome(AttemptVerdict.DELIVERED, 200)
FAILED = AttemptOutcome(AttemptVerdict.FAILED, 503, "answered 503")
Judge = Callable[[Claimed], AttemptOutcome]


class Scripted:
    """Remembers what it was given to send, and answers what `judge` says."""

    def __init__(self, judge: Judge = lambda _message: DELIVERED) -> None:
        self.judge = judge
        self.sent: list[Claimed] = []
        self.switched_off = False
        self._lock = threading.Lock()

    def send(self, message: Claimed, now: datetime) -> AttemptOutcome:
        with self._lock:
            self.sent.append(message)
        return self.judge(message)

    def switch_off(self, work: Work) -> None:
        self.switched_off = True

    def close(self) -> None:
        """Nothing is kept open."""

    def of(self, account_id: str) -> list[int]:
        """The positions that were sent for an account, in order."""
        return [message.position for message in self.sent if message.account_id == account_id]


def to_all(*receivers: str) -> Addressing:
    def addressing(_work: Work, messages: Iterable[Unspread]) -> Iterator[tuple[Unspread, str]]:
        for message in messages:
            for receiver in receivers:
                yield message, receiver

    return addressing


def delivering(**couriers: Courier) -> Delivering:
    """A worker's outbox duty; every message goes to every courier."""
    return Delivering(to_all(*couriers), lambda _work: couriers, in_flight=4)


def owe(database: Database, account_id: str, count: int = 1) -> None:
    """One message in each of `count` transactions."""
    for number in range(count):
        with database.work(SYSTEM) as work:
            outbox.owe(work, account_id, Kind.ACCOUNT_FROZEN, {"number": number})


def states(database: Database, receiver: str) -> list[str]:
    """The states of a receiver's deliveries, in the accounts' order."""
    query = select(Delivery.state).where(Delivery.receiver == receiver)
    with database.work(SYSTEM, write=False) as work:
        return list(work.session.scalars(query.order_by(Delivery.account_id, Delivery.position)))
