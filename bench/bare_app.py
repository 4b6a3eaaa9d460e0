"""The floor of a route that reads one row: Flask and the driver alone, served as the service is."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
from flask import Flask, Response
from sqlalchemy import make_url

from bench.running import READY_WITHIN_S, Running
from secmon.cli.tokens import free_port
from secmon.settings.environment import Settings

_URL = "BARE_DATABASE_URL"
# What the gate reads of an account, by its key.
_READ = """
    SELECT standing, version, required_actions, restrictions, created_at
    FROM accounts WHERE account_id = %(account_id)s
"""
_kept = threading.local()
app = Flask(__name__)


@app.get("/nothing")
def nothing() -> Response:
    return Response("{}", content_type="application/json")


@app.get("/row/<account_id>")
def row(account_id: str) -> Response:
    if not hasattr(_kept, "connection"):
        _kept.connection = psycopg.connect(os.environ[_URL], autocommit=True)
    _kept.connection.execute(_READ, {"account_id": account_id}, prepare=True).fetchone()
    return Response("{}", content_type="application/json")


@contextmanager
def bare_service(service: Running) -> Iterator[int]:
    """The port of this application, on the service's database, with as many processes and threads."""
    url = make_url(service.database_url).set(drivername="postgresql")
    settings, port = Settings.from_env(service.environment), free_port()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
            *("--workers", str(settings.web_concurrency), "--blocking-threads", str(settings.threads)),
            *("--port", str(port), "--log-level", "warning", f"{__name__}:app"),
        ],
        env={**os.environ, _URL: url.render_as_string(hide_password=False)},
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/nothing").raise_for_status()
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
