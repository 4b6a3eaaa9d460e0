"""What the service's processes hold in memory, read from /proc while something else keeps them busy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EVERY_S = 5.0


class Memory:
    """Resident megabytes of web processes and worker, one sample after the other; the largest of each."""

    def __init__(self, service_pid: int) -> None:
        self._service_pid = service_pid
        self.web: list[float] = []
        self.worker: list[float] = []

    def sample(self) -> None:
        web, worker = [0.0], [0.0]
        for pid in descendants(self._service_pid):
            is_worker = b"worker" in _read(pid, "cmdline").split(b"\0")
            (worker if is_worker else web).append(resident_mb(pid))
        self.web.append(max(web))
        self.worker.append(max(worker))


@contextmanager
def watched(service_pid: int) -> Iterator[Memory]:
    """Samples the descendants of that process until the block ends."""
    memory, over = Memory(service_pid), threading.Event()

    def watch() -> None:
        while not over.wait(EVERY_S):
            memory.sample()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()


def descendants(pid: int) -> Iterator[int]:
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, tasks.read_text().split()):
            yield child
            yield from descendants(child)


def resident_mb(pid: int) -> float:
    for line in _read(pid, "status").splitlines():
        if line.startswith(b"VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
