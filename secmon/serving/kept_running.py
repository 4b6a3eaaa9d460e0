"""A process beside the server: started with it, started again when it dies, stopped with it."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Sequence

import structlog

FIRST_RESTART_AFTER_S = 1.0
RESTART_AT_LEAST_EVERY_S = 60.0

log = structlog.get_logger(__name__)


class KeptRunning:
    """A child process that is started again, later each time, when it ends by itself."""

    def __init__(self, command: Sequence[str], may_take_to_stop_s: float) -> None:
        self._command = list(command)
        self._may_take_to_stop_s = may_take_to_stop_s
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # The first start is not left to the thread: the server forks next, and a fork in the middle
        # of a start would hold the pipe that tells the start's outcome.
        process = self._spawn()
        threading.Thread(target=self._restart_when_it_ends, args=(process,), daemon=True).start()

    def stop(self) -> None:
        """Ask the process to end, wait, and kill it when it does not."""
        with self._lock:
            self._stopping.set()
            process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(self._may_take_to_stop_s)
        except subprocess.TimeoutExpired:
            log.warning("process_killed", after_s=self._may_take_to_stop_s)
            process.kill()
            process.wait()

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            # Its own process group: Ctrl-C reaches the server, which then stops the worker in order.
            self._process = subprocess.Popen(self._command, process_group=0)
            return self._process

    def _restart_when_it_ends(self, process: subprocess.Popen[bytes] | None) -> None:
        delay = FIRST_RESTART_AFTER_S
        while process is not None:
            started = time.monotonic()
            status = process.wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - started > RESTART_AT_LEAST_EVERY_S:
                delay = FIRST_RESTART_AFTER_S
            log.error("process_ended", status=status, restart_in_s=delay)
            self._stopping.wait(delay)
            delay = min(2 * delay, RESTART_AT_LEAST_EVERY_S)
            process = self._spawn()
