"""The duty that empties the outbox. Each receiver has its own round, so a dead one holds up no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from secmon.core.actor import SYSTEM
from secmon.core.database import Database
from secmon.core.work import Work
from secmon.outbox.rounds import run_round
from secmon.outbox.sending import Courier
from secmon.outbox.spreading import Addressing, spread

IN_FLIGHT = 8
# How long one run waits for a round to end before it looks for new messages again.
PATIENCE_SECONDS = 0.25

# The receivers that are switched on now. The same courier for a receiver, as long as nothing about it
# changed, keeps its connections alive.
Couriers = Callable[[Work], Mapping[str, Courier]]


class Delivering:
    """Holds the rounds under way between runs."""

    def __init__(self, addressing: Addressing, couriers: Couriers, in_flight: int = IN_FLIGHT) -> None:
        self._addressing = addressing
        self._couriers = couriers
        self._in_flight = in_flight
        self._stopping = threading.Event()
        self._senders: dict[str, ThreadPoolExecutor] = {}
        self._coordinators: dict[str, ThreadPoolExecutor] = {}
        self._rounds: dict[str, Future[int]] = {}
        self._known: Mapping[str, Courier] = {}

    def run(self, database: Database) -> int:
        """Makes out deliveries, starts a round for every idle receiver, and waits for the first to end.

        Answers how many messages and attempts that were; nought means that there is nothing to do now.
        """
        return self._advance(database, FIRST_COMPLETED, PATIENCE_SECONDS)

    def drain(self, database: Database) -> int:
        """Until nothing is due any more; answers how many messages and attempts that were."""
        total = done = self._advance(database, ALL_COMPLETED, None)
        while done:
            done = self._advance(database, ALL_COMPLETED, None)
            total += done
        return total

    def stop(self) -> None:
        """Begins no more attempts, and waits for those under way to be written down."""
        self._stopping.set()
        for pool in (*self._coordinators.values(), *self._senders.values()):
            pool.shutdown()
        for courier in self._known.values():
            courier.close()

    def _advance(self, database: Database, until: str, patience: float | None) -> int:
        with database.work(SYSTEM, write=False) as work:
            couriers = self._known = self._couriers(work)
        for receiver in couriers.keys() - self._rounds.keys():
            self._rounds[receiver] = self._start(database, receiver, couriers[receiver])
        # While the rounds are on their way; what is made out now is sent in the next.
        with database.work(SYSTEM) as work:
            spread_now = spread(work, self._addressing)
        ended, _ = wait(self._rounds.values(), patience, until)
        finished = [receiver for receiver, future in self._rounds.items() if future in ended]
        futures = [self._rounds.pop(receiver) for receiver in finished]
        return spread_now + sum(future.result() for future in futures)

    def _start(self, database: Database, receiver: str, courier: Courier) -> Future[int]:
        if receiver not in self._senders:
            self._senders[receiver] = ThreadPoolExecutor(self._in_flight, f"send-{receiver}")
            self._coordinators[receiver] = ThreadPoolExecutor(1, f"round-{receiver}")
        senders, stopping = self._senders[receiver], self._stopping
        return self._coordinators[receiver].submit(run_round, database, receiver, courier, senders, stopping)
