"""What the worker does again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.work import Work

Run = Callable[[Database], int]


def _nothing_to_stop() -> None:
    """Most duties end with their run."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do, and how often to look whether there is something to do.

    `run` does a bounded piece of it and answers how many things it did; while that is not nought it is
    called again at once. It claims what it works on, for other workers have the same duties. `drain`
    does everything there is, where calling `run` until it answers nought would not be enough. `gives_way`:
    nobody waits for it, so whoever is answered meanwhile has the processor first.
    """

    name: str
    every: timedelta
    run: Run
    drain: Run | None = None
    stop: Callable[[], None] = _nothing_to_stop
    gives_way: bool = True

    def do_all(self, database: Database) -> int:
        """Everything there is to do now; answers how many things that were."""
        if self.drain is not None:
            return self.drain(database)
        total = done = self.run(database)
        while done:
            done = self.run(database)
            total += done
        return total


def in_one_work(do: Callable[[Work], int]) -> Run:
    """A duty whose every run is one transaction."""

    def run(database: Database) -> int:
        with database.work(SYSTEM) as work:
            return do(work)

    return run
