"""Access tokens for trying things out, with the secrets of the first-run clients."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Generator
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


class Renewed(httpx.Auth):
    """A first-run client's token on every request, a new one where the service takes the old no more."""

    def __init__(self, url: str, var_dir: Path, role: str) -> None:
        self._of = (url, var_dir, role)
        self._token = access_token(*self._of)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        answer = yield request
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._token = access_token(*self._of)
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request


def local_url() -> str:
    """Where `PORT` says that the service runs on this machine."""
    return f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"


def free_port() -> int:
    """A TCP port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
