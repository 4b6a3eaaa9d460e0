"""Access tokens for trying things out, with the secrets of the first-run clients."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import httpx

from secmon.clients.first_run import CREDENTIALS_FILE


def access_token(url: str, var_dir: Path, role: str) -> str:
    """A token of the first-run client of that role. Raises `KeyError`, `OSError`, `httpx.HTTPError`."""
    client = json.loads((var_dir / CREDENTIALS_FILE).read_text())[role]
    answer = httpx.post(
        f"{url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["client_id"], client["client_secret"]),
    )
    token: str = answer.raise_for_status().json()["access_token"]
    return token


def free_port() -> int:
    """A TCP port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
