"""The processes that belong to a session, as Linux shows them in /proc."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """One living process; `is_main` where its session is its own."""

    pid: int
    parent: int
    session: int
    command: tuple[str, ...]

    @property
    def is_main(self) -> bool:
        return self.pid == self.session

    def runs(self, argument: str) -> bool:
        return argument in self.command

    def kill(self) -> None:
        """At once, as a crash would, or the kernel when memory runs out."""
        self.send(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, if the process is still there."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)


def of_session(session: int) -> list[Process]:
    """Every process of that session that has not ended."""
    return [found for found in _all() if found.session == session]


def family(pid: int) -> list[Process]:
    """The process, and those that it has started itself."""
    return [found for found in _all() if pid in {found.pid, found.parent}]


def _all() -> Iterator[Process]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        # One that ends while it is looked at is none.
        with suppress(FileNotFoundError, ProcessLookupError):
            # proc_pid_stat(5): the command's name, in parentheses, may itself hold some.
            state, parent, _group, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if state not in "ZX":
                yield Process(int(entry.name), int(parent), int(session), tuple(command))
