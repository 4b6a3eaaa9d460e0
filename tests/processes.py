"""Real service processes, as many as wanted, on one database: for what only shows between processes."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from secmon.clients.first_run import ensure_first_run
from secmon.core.database import Database, make_engine
from secmon.settings import Settings

SERVE = (
    "from secmon.serving import serve; from secmon.settings import Settings; serve(Settings.from_env(), None)"
)
STARTS_WITHIN_S = 60


@contextmanager
def processes(count: int, database_url: str, var_dir: Path) -> Iterator[tuple[list[str], str]]:
    """The URLs of `count` services on one database, and a token of the wallet's that all of them take."""
    ports = [_free_port() for _ in range(count)]
    environment = os.environ | {
        "SECMON_DATABASE_URL": database_url,
        "SECMON_KEYS": f"test={b64encode(secrets.token_bytes(32)).decode()}",
        "SECMON_VAR_DIR": str(var_dir),
        "SECMON_PUBLIC_URL": "http://secmon.test",
        "SECMON_CLIENT_RATE_LIMIT": "1000000 per minute",
        "SECMON_ACCESS_LOG": "off",
        "WEB_CONCURRENCY": "1",
    }
    settings = Settings.from_env(environment)
    database = Database(make_engine(database_url))
    credentials = ensure_first_run(database, settings)["wallet"]
    database.dispose()
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(_running(environment | {"PORT": str(port)}, port))
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        answer = httpx.post(
            f"{urls[0]}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(credentials["client_id"], credentials["client_secret"]),
        )
        yield urls, answer.raise_for_status().json()["access_token"]


@contextmanager
def _running(environment: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", SERVE], env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(process, port)
        yield
    finally:
        process.terminate()
        process.wait(30)


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
