"""Real service processes, as many as wanted, on one database: for what only shows between processes."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from secmon.cli.tokens import free_port
from secmon.clients.first_run import CREDENTIALS_FILE, ensure_first_run
from secmon.database.engine import Database, make_engine
from secmon.settings.environment import Settings
from tests.service import NO_TLS

SERVE = (
    "from secmon.serving.web import serve; from secmon.settings.environment import Settings;"
    " serve(Settings.from_env(), None)"
)
STARTS_WITHIN_S = STOPS_WITHIN_S = 60


@contextmanager
def processes(count: int, database_url: str, var_dir: Path, **more: str) -> Iterator[tuple[list[str], str]]:
    """The URLs of `count` services on one database, and a token of the wallet's that all of them take."""
    environment = environment_of(database_url, var_dir, **more)
    with ExitStack() as stack:
        services = [stack.enter_context(running(environment)) for _ in range(count)]
        yield [service.url for service in services], services[0].token("wallet")


def environment_of(database_url: str, var_dir: Path, **more: str) -> dict[str, str]:
    """What a service on that database is started with; its first-run clients are there already."""
    environment = os.environ | {
        "SECMON_DATABASE_URL": database_url,
        "SECMON_KEYS": f"test={b64encode(secrets.token_bytes(32)).decode()}",
        "SECMON_VAR_DIR": str(var_dir),
        "SECMON_PUBLIC_URL": "http://secmon.test",
        "SECMON_CLIENT_RATE_LIMIT": "1000000 per minute",
        "SECMON_ACCESS_LOG": "off",
        "WEB_CONCURRENCY": "1",
        **more,
    }
    database = Database(make_engine(database_url))
    ensure_first_run(database, Settings.from_env(environment))
    database.dispose()
    return environment


@dataclass(frozen=True)
class Running:
    """One service: its supervisor's process, which leads a process group of its own."""

    process: subprocess.Popen[bytes]
    port: int
    var_dir: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, role: str) -> str:
        """A token of that role's first-run client."""
        known = json.loads((self.var_dir / CREDENTIALS_FILE).read_text())[role]
        answer = httpx.post(
            f"{self.url}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(known["client_id"], known["client_secret"]),
            verify=NO_TLS,
        )
        token: str = answer.raise_for_status().json()["access_token"]
        return token

    def kill(self) -> None:
        """`kill -9` of all its processes at one moment."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(environment: dict[str, str], output: IO[bytes] | int = subprocess.DEVNULL) -> Iterator[Running]:
    """A service that answers, stopped at the end where it was not killed; it writes to `output`."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        env=environment | {"PORT": str(port)},
        stdout=output,
        start_new_session=True,
    )
    try:
        _wait_for(process, port)
        yield Running(process, port, Path(environment["SECMON_VAR_DIR"]))
    finally:
        process.terminate()
        process.wait(STOPS_WITHIN_S)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert process.poll() is None, "the service ended"
            assert time.monotonic() < give_up, "the service does not answer"
            time.sleep(0.05)
        else:
            return
