"""Processor time by kind of process: what one request costs, whoever pays for it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.running import Running

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds so far, by kind: the web processes, the worker, PostgreSQL with all its own."""

    seconds: Mapping[str, float]

    def since(self, before: Spent) -> dict[str, float]:
        """What was spent between two looks."""
        return {kind: self.seconds[kind] - before.seconds[kind] for kind in sorted(self.seconds)}


def of(service: Running) -> Spent:
    """What the service and its database have used until now. Linux alone tells it."""
    with psycopg.connect(service.database_url.replace("+psycopg", "")) as connection:
        postmaster = _parents()[connection.info.backend_pid]
    seconds = defaultdict[str, float](float)
    for process in _family(service.pid):
        command = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        # What a web process calls itself has the word in it as well.
        kind = "worker" if b"worker" in command else "web"
        seconds[kind] += _seconds(process)
    seconds["PostgreSQL"] = sum(map(_seconds, _family(postmaster)))
    return Spent(seconds)


def _family(root: int) -> list[int]:
    """The process and everything that it started."""
    parents, found = _parents(), [root]
    for process in found:
        found += [child for child, parent in parents.items() if parent == process]
    return found


def _parents() -> dict[int, int]:
    """Of every process, who started it."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        # Some end while this looks.
        with suppress(OSError):
            found[int(path.parent.name)] = int(_fields(path)[1])
    return found


def _seconds(process: int) -> float:
    """Its own time, and that of children that have ended."""
    return sum(map(int, _fields(Path(f"/proc/{process}/stat"))[11:15])) / _TICKS


def _fields(path: Path) -> list[str]:
    """What stands behind the name, which may hold blanks (proc(5))."""
    return path.read_text().rpartition(")")[2].split()
