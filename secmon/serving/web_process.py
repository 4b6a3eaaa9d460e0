"""One web process: granian's server, and our threads right above it.

granian offers two ways. To WSGI it hands a request over with its head, and with a body that blocks whoever
reads it. RSGI may receive bodies without waiting, but handing it to and fro
between an event loop's thread and others costs a twentieth of a login. Here granian's own threads, as many
as for WSGI, are called back when something is there: docs/adr/0011-bodies-have-a-deadline.md.

The names below are no public ones of granian; the version is pinned, and tests/serving tries all of it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from granian import _granian as native
from granian.server.common import WORKERS_METHODS
from granian.server.mp import WorkerProcess

from secmon.serving.exchange import Front

# Less than the server is given to stop, so that who is late is told, and everybody else is answered.
BODIES_MAY_TAKE_TO_STOP_S = 4.0


class InPlace:
    """Stands where granian expects an event loop: what a future has to call is called at once."""

    def call_soon_threadsafe(self, callback: Callable[..., None], *arguments: Any, **_context: Any) -> None:
        callback(*arguments)

    def call_soon(self, callback: Callable[..., None], *arguments: Any, **_context: Any) -> None:
        """For a future that has ended when it is asked, or is given up; `Arriving` sees to both itself."""


class Schedule(native.CallbackScheduler):  # type: ignore[misc, unused-ignore]
    """Calls `begin` with each request, in one of granian's threads."""

    def __new__(cls, loop: InPlace, begin: Callable[[Any], None]) -> Schedule:
        schedule: Schedule = super().__new__(cls, loop, begin, None, None, None)  # type: ignore[call-arg]
        schedule._schedule_fn = begin  # type: ignore[attr-defined]
        return schedule


@WorkerProcess.wrap_target  # type: ignore[untyped-decorator]
def web_process(
    worker_id: int,
    app: Any,
    sock: Any,
    ipc: Any,
    _loop: Any,
    runtime_mode: Any,
    runtime_threads: int,
    runtime_blocking_threads: int | None,
    blocking_threads: int,
    blocking_threads_idle_timeout: int,
    backpressure: int,
    _task_impl: Any,
    *http_and_static: Any,
) -> None:
    """Serves `app` until SIGTERM or SIGINT; called by granian in the process, with its settings."""
    *options, _access_log, tls, _scope, metrics = http_and_static
    front = Front(app)
    front.deadlines.watch()
    stop, stopped = native.WorkerSignal(), threading.Event()
    stop.add_cb(stopped.set)

    def begin_to_stop(_signum: int, _frame: FrameType | None) -> None:
        front.deadlines.stop_within(BODIES_MAY_TAKE_TO_STOP_S)
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, begin_to_stop)
    threads = (
        runtime_threads,
        runtime_blocking_threads,
        blocking_threads,
        blocking_threads_idle_timeout,
        backpressure,
    )
    make: Any = native.RSGIWorker
    worker = make(worker_id, sock, ipc, *threads, *options, *tls, metrics)
    serve = getattr(worker, WORKERS_METHODS[runtime_mode][(sock[0] or sock[1]).is_uds()])
    loop = InPlace()
    serve(Schedule(loop, front.begin), loop, stop)
    stopped.wait()
