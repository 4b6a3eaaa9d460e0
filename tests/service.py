"""The service under test: the real application behind a real HTTP server, with a clock that tests set."""

from __future__ import annotations

import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from limits import parse
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from secmon.app import create_app
from secmon.clients import service as clients
from secmon.clients.first_run import ensure_first_run
from secmon.clients.scopes import Role
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.sealing.keyring import KeyRing
from secmon.settings.environment import Settings
from secmon.web.unit_of_work import DATABASE

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ROLES = ("wallet", "agent", "supervisor", "auditor", "admin")
# A whole suite is one address and five clients.
MANY = parse("1000000 per minute")
# Nothing here speaks TLS; loading the certificate authorities, once a client, takes longer than most tests.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TEST_KEYS = KeyRing({"test": b"\x07" * 32}, "test")


class FakeClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class QuietHandler(WSGIRequestHandler):
    """Leaves it to the service to log a request."""

    def log_request(self, *_: Any) -> None:
        pass


class Service:
    """One running service. `client(role)` is an `httpx.Client` with that first-run client's token."""

    def __init__(self, database_url: str, var_dir: Path, **settings: Any) -> None:
        self.clock = FakeClock()
        known = Settings(
            database_url, TEST_KEYS, var_dir, threads=16, token_rate_limit=MANY, client_rate_limit=MANY
        )
        self.settings = replace(known, **settings)
        self.app = create_app(self.settings, self.clock)
        self.database: Database = DATABASE.of(self.app)
        self.credentials = ensure_first_run(self.database, self.settings)
        if self.credentials:
            self._add_importer()
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", 0, self.app, threaded=True, request_handler=QuietHandler
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._tokens: dict[str, tuple[datetime, str]] = {}
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _add_importer(self) -> None:
        """The first run makes none."""
        with self.work() as work:
            new = clients.create(work, name="importer of these tests", role=Role.IMPORTER)
        secret = {"client_id": str(new.client.client_id), "client_secret": new.secret}
        self.credentials[str(Role.IMPORTER)] = secret

    def token(self, role: str) -> str:
        """A token of the role's first-run client, asked for again when the clock has moved on."""
        asked_at, token = self._tokens.get(role, (None, ""))
        if asked_at is None or abs(self.clock.now - asked_at) > timedelta(minutes=5):
            known = self.credentials[role]
            answer = httpx.post(
                f"{self.url}/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=(known["client_id"], known["client_secret"]),
                verify=NO_TLS,
            )
            token = answer.raise_for_status().json()["access_token"]
            self._tokens[role] = (self.clock.now, token)
        return token

    def client(self, role: str) -> httpx.Client:
        """An HTTP client of that role, its token renewed as the test's clock moves."""
        return httpx.Client(base_url=self.url, auth=_Bearer(self, role), timeout=20, verify=NO_TLS)

    def work(self, *, write: bool = True) -> Any:
        """A transaction beside the service, to set up or to look."""
        return self.database.work(SYSTEM, write=write)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.database.dispose()


class _Bearer(httpx.Auth):
    def __init__(self, service: Service, role: str) -> None:
        self.service, self.role = service, role

    def auth_flow(self, request: httpx.Request) -> Any:
        request.headers["Authorization"] = f"Bearer {self.service.token(self.role)}"
        yield request
