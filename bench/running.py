"""What a benchmark runs against: a durable PostgreSQL, and the service's own processes as they ship."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.geo import geo_files
from secmon.cli.tokens import free_port
from tools.postgres import running_postgres

READY_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class Running:
    """One running service; `tokens` by role, `database_url` of its PostgreSQL, `pid` of what started it."""

    port: int
    database_url: str
    tokens: dict[str, str]
    environment: dict[str, str]
    pid: int

    def renew_tokens(self) -> None:
        """For whoever measures longer than a token lives."""
        self.tokens.update(_tokens(self.port, Path(self.environment["SECMON_VAR_DIR"])))


@contextmanager
def running_service(database_url: str | None = None, **environment: str) -> Iterator[Running]:
    """`secmon run` on a PostgreSQL of its own, with durable commits, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="secmon-bench-") as directory, running_postgres() as cluster:
        port = free_port()
        settings = {
            **os.environ,
            "PORT": str(port),
            "SECMON_VAR_DIR": directory,
            "SECMON_DATABASE_URL": database_url or cluster.url(),
            "SECMON_KEYS": f"bench={base64.b64encode(secrets.token_bytes(32)).decode()}",
            "SECMON_LOG_LEVEL": "warning",
            **geo_files(Path(directory)),
            **environment,
        }
        with (Path(directory) / "service.log").open("w") as log:
            service = subprocess.Popen(
                [sys.executable, "-m", "secmon", "run"], env=settings, stdout=log, stderr=log
            )
            try:
                _wait_until_ready(port, service, Path(log.name))
                tokens = _tokens(port, Path(directory))
                yield Running(port, settings["SECMON_DATABASE_URL"], tokens, settings, service.pid)
            finally:
                service.terminate()
                service.wait(30)


def _wait_until_ready(port: int, service: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until and service.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the service did not start:\n{log.read_text()}")


def _tokens(port: int, var_dir: Path) -> dict[str, str]:
    credentials = json.loads((var_dir / "credentials.json").read_text())
    return {role: _token(port, known) for role, known in credentials.items()}


def _token(port: int, client: dict[str, str]) -> str:
    answer = httpx.post(
        f"http://127.0.0.1:{port}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["client_id"], client["client_secret"]),
    )
    token: str = answer.raise_for_status().json()["access_token"]
    return token
