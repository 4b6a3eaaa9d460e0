"""The duty that empties the outbox. Each receiver has its own round, so a dead one holds up no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import structlog

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.outbox.rounds import run_round
from secmon.outbox.sending import Courier
from secmon.outbox.spreading import Addressing, spread

IN_FLIGHT = 8
# How long one run waits for a round to end before it looks for new messages again.
PATIENCE_SECONDS = 0.25
# A receiver whose round failed by our own fault is left alone for so long; the others go on.
REST_SECONDS = 5.0

# The receivers that are switched on now. The same courier for a receiver, as long as nothing about it
# changed, keeps its connections alive.
Couriers = Callable[[Work], Mapping[str, Courier]]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Receiver:
    """One receiver's threads, and its round, if one is under way."""

    senders: ThreadPoolExecutor
    coordinator: ThreadPoolExecutor
    stopping: threading.Event = field(default_factory=threading.Event)
    round: Future[int] | None = None
    rests_until: float = 0.0

    def shutdown(self, *, waits: bool) -> None:
        self.stopping.set()
        self.coordinator.shutdown(wait=waits)
        self.senders.shutdown(wait=waits)


class Delivering:
    """Holds the rounds under way between runs."""

    def __init__(self, addressing: Addressing, couriers: Couriers, in_flight: int = IN_FLIGHT) -> None:
        self._addressing = addressing
        self._couriers = couriers
        self._in_flight = in_flight
        self._stopped = False
        self._receivers: dict[str, _Receiver] = {}
        self._known: Mapping[str, Courier] = {}
        self._failure: BaseException | None = None

    def run(self, database: Database) -> int:
        """Makes out deliveries, starts a round for every idle receiver, and waits for the first to end.

        Answers how many messages and attempts that were; nought means that there is nothing to do now.
        Raises where all that ended has failed.
        """
        done = self._advance(database, FIRST_COMPLETED)
        failure, self._failure = self._failure, None
        if failure is not None and not done:
            raise failure
        return done

    def drain(self, database: Database) -> int:
        """Until nothing is due any more; answers how many messages and attempts that were.

        One receiver that hangs makes no other wait. Raises in the end where a round failed.
        """
        total = done = self._advance(database, ALL_COMPLETED)
        while done or self._under_way():
            done = self._advance(database, ALL_COMPLETED)
            total += done
        if self._failure is not None:
            raise self._failure
        return total

    def stop(self) -> None:
        """Begins no more attempts, and waits for those under way to be written down."""
        self._stopped = True
        receivers = list(self._receivers.values())
        for known in receivers:
            known.stopping.set()
        for known in receivers:
            known.shutdown(waits=True)
        for courier in self._known.values():
            courier.close()

    def _advance(self, database: Database, until: str) -> int:
        with database.work(SYSTEM, write=False) as work:
            couriers = self._known = self._couriers(work)
        self._let_go(couriers)
        for receiver, courier in couriers.items():
            self._start(database, receiver, courier)
        # While the rounds are on their way; what is made out now is sent in the next.
        with database.work(SYSTEM) as work:
            spread_now = spread(work, self._addressing)
        wait(self._under_way(), PATIENCE_SECONDS, until)
        return spread_now + sum(self._ended(receiver, known) for receiver, known in self._receivers.items())

    def _under_way(self) -> list[Future[int]]:
        return [known.round for known in self._receivers.values() if known.round is not None]

    def _start(self, database: Database, receiver: str, courier: Courier) -> None:
        known = self._receivers.get(receiver)
        if known is None:
            senders = ThreadPoolExecutor(self._in_flight, f"send-{receiver}")
            known = self._receivers[receiver] = _Receiver(senders, ThreadPoolExecutor(1, f"round-{receiver}"))
        if self._stopped or known.round is not None or time.monotonic() < known.rests_until:
            return
        known.stopping.clear()  # Switched off and on again while its last round ended.
        known.round = known.coordinator.submit(
            run_round, database, receiver, courier, known.senders, known.stopping
        )

    def _let_go(self, couriers: Mapping[str, Courier]) -> None:
        """Whoever is sent to no more: the round ends after the attempts under way, the threads with it."""
        for receiver in self._receivers.keys() - couriers.keys():
            known = self._receivers[receiver]
            known.stopping.set()
            if known.round is None or known.round.done():
                self._receivers.pop(receiver).shutdown(waits=False)

    def _ended(self, receiver: str, known: _Receiver) -> int:
        """How many attempts the round made that has ended; none of one that goes on."""
        if known.round is None or not known.round.done():
            return 0
        ended, known.round = known.round, None
        error = ended.exception()
        if error is None:
            return ended.result()
        log.error("round_failed", receiver=receiver, exc_info=error)
        self._failure = error
        known.rests_until = time.monotonic() + REST_SECONDS
        return 0
