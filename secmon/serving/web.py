"""granian, set up for short transactions in Python: docs/adr/0001-granian-serves.md has the figures."""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Callable, Sequence

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from secmon.app import create_app
from secmon.logins.judges import POPULATION
from secmon.observing import logs as logging
from secmon.observing import metrics
from secmon.serving.kept_running import KeptRunning
from secmon.serving.web_process import web_process
from secmon.settings.environment import Settings

# For the head of a request, and for how long a connection may be idle: granian does not tell the two
# apart. Whoever keeps connections open in front of the service closes them sooner (docs/operations.md).
HEADERS_WITHIN_MS = 10_000
# Waiting costs little, so that silent connections leave room for others until they are given up.
CONNECTIONS_A_PROCESS = 4_096
# Of other files a process has a few dozen.
FILES_A_PROCESS = CONNECTIONS_A_PROCESS + 512
# Longer than PostgreSQL lets one request wait (secmon.database.engine). Who is cut off while waiting for a
# turn to write to SQLite, which may take longer, has changed nothing.
REQUESTS_MAY_TAKE_S = 8
# A delivery that is cut off is sent again: its lease runs out.
WORKER_MAY_TAKE_S = 5
# granian's own words go the way of every library's.
LIBRARY_LOGS = {"handlers": {}, "formatters": {}, "loggers": {"_granian": {"propagate": True}}}


class CannotListen(Exception):
    """The address is taken, not this machine's, or not permitted."""


def serve(
    settings: Settings,
    worker_command: Sequence[str] | None = None,
    when_listening: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP; requests under way are answered first.

    `worker_command` is kept running meanwhile. Raises `CannotListen` before anything is started, and
    `SystemExit` with a status other than 0 when the web processes keep dying.
    """
    _require_free_address(settings.host, settings.port)
    logging.configure(settings.log_level)
    _allow_files()
    if settings.metrics_token is not None:
        metrics.count_in_files(settings.var_dir / "metrics")
    server = Server(
        "secmon",
        address=settings.host,
        port=settings.port,
        # The settings are those of WSGI; the process is ours.
        interface=Interfaces.WSGI,
        workers=settings.web_concurrency,
        blocking_threads=settings.threads,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS),
        backlog=CONNECTIONS_A_PROCESS,
        backpressure=CONNECTIONS_A_PROCESS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=REQUESTS_MAY_TAKE_S,
        log_level=LogLevels.warning,
        log_dictconfig=LIBRARY_LOGS,
    )
    # granian would reload: the service would live on, unseen, after its terminal was closed.
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    if when_listening is not None:
        server.on_startup(when_listening)
    if worker_command is not None:
        worker = KeptRunning(worker_command, WORKER_MAY_TAKE_S)
        server.on_startup(worker.start)
        server.on_shutdown(worker.stop)
    server.serve(spawn_target=web_process, target_loader=load_application, wrap_loader=False)


def load_application() -> Flask:
    """The application, built in the web process that calls; no secret stays in its environment."""
    # Until granian sets its own, the handlers are the parent's, and do nothing in its fork.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, signal.SIG_DFL)
    app = create_app(Settings.from_env())
    POPULATION.of(app).refresh()
    # Nobody needs them any more, and what is not there is in no dump and no log.
    for name in [name for name in os.environ if name.startswith("SECMON_")]:
        del os.environ[name]
    return app


def _allow_files() -> None:
    """Up to what the operator lets this process have; the usual first limit is for shells."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_A_PROCESS if hard == resource.RLIM_INFINITY else min(FILES_A_PROCESS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _require_free_address(host: str, port: int) -> None:
    # granian sets SO_REUSEPORT: a second instance would silently take half of the connections.
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except OSError as error:
        raise CannotListen(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
