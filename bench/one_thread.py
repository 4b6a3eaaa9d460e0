"""What one login costs a web process that does nothing else: the application called in this process."""

from __future__ import annotations

import base64
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from bench import logins, report
from bench.running import Running
from secmon.app import create_app
from secmon.clients.first_run import ensure_first_run
from secmon.database import migrating
from secmon.database.engine import make_engine
from secmon.observing import logs
from secmon.serving.exchange import ALWAYS
from secmon.settings.environment import Settings
from secmon.web.receiving import RECEIVED
from secmon.web.unit_of_work import DATABASE

ACCOUNTS, VISITS, MEASURED = 300, 5, 1_500
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def run(service: Running) -> None:
    """Prints the processor's microseconds of a login and of the gate, on PostgreSQL and on SQLite."""
    report.section("One thread, in process: CPU of the web process alone, access log on")
    settings = Settings.from_env(service.environment)
    with tempfile.TemporaryDirectory(prefix="secmon-bench-") as directory, Path("/dev/null").open("w") as log:
        logs.configure("info", log)
        here = replace(settings, var_dir=Path(directory))
        _measure(_Called(here, service.tokens["wallet"]), "PostgreSQL", goal="<= 1,000")
        _measure(_Called(replace(here, database_url=f"sqlite:///{directory}/bench.db")), "SQLite")


class _Called:
    """An application of this process, and the wallet's token."""

    def __init__(self, settings: Settings, token: str | None = None) -> None:
        if token is None:
            _migrate(settings)
        self._app: Any = create_app(settings)
        self.token = token or self._new_token(settings)

    def _new_token(self, settings: Settings) -> str:
        known = ensure_first_run(DATABASE.of(self._app), settings)["wallet"]
        basic = base64.b64encode(f"{known['client_id']}:{known['client_secret']}".encode()).decode()
        body = b"grant_type=client_credentials"
        answer = self._answer("POST", "/oauth/token", f"Basic {basic}", body, FORM)
        token: str = json.loads(answer)["access_token"]
        return token

    def ask(self, method: str, path: str, body: bytes = b"", query: str = "") -> None:
        self._answer(method, path, f"Bearer {self.token}", body, JSON, query)

    def _answer(
        self, method: str, path: str, authorization: str, body: bytes, kind: str, query: str = ""
    ) -> bytes:
        environ: dict[str, Any] = {
            **ALWAYS,
            "SERVER_NAME": "bench",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": authorization,
            "wsgi.input": BytesIO(body),
            RECEIVED: body,
        }
        said: list[str] = []
        text = b"".join(self._app(environ, lambda status, _headers, _info=None: said.append(status)))
        assert said[0].startswith("2"), (said, text)
        return text

    def dispose(self) -> None:
        DATABASE.of(self._app).dispose()


def _migrate(settings: Settings) -> None:
    engine = make_engine(settings.database_url)
    migrating.upgrade(engine)
    engine.dispose()


def _measure(called: _Called, database: str, goal: str = "") -> None:
    first = 50_000_000
    events = [
        json.dumps(logins.event(first + number, number % ACCOUNTS)).encode()
        for number in range(ACCOUNTS * VISITS + MEASURED)
    ]
    for body in events[:-MEASURED]:
        called.ask("POST", "/v1/login-events", body)
    spent = _microseconds(lambda nth: called.ask("POST", "/v1/login-events", events[nth - MEASURED]))
    report.line(f"a login, {database}", spent, "µs", goal=goal)
    standing = "/v1/accounts/acct-{}/standing"
    spent = _microseconds(
        lambda nth: called.ask("GET", standing.format(nth % ACCOUNTS), query="action=transfer")
    )
    noop = _microseconds(lambda _nth: called.ask("GET", "/livez"))
    report.line(f"the gate, {database}", spent, "µs", floor=noop, floor_name="no-op")
    called.dispose()


def _microseconds(do: Callable[[int], None]) -> float:
    started = time.process_time()
    for nth in range(MEASURED):
        do(nth)
    return (time.process_time() - started) / MEASURED * 1e6
