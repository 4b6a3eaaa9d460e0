"""The service that is played against: the real application behind a real HTTP server, its clock settable."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from limits import parse
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from lab.thefts.places import geo_paths
from secmon.app import create_app
from secmon.clients.first_run import ensure_first_run
from secmon.core.actor import SYSTEM
from secmon.database import migrating
from secmon.database.engine import Database, make_engine
from secmon.devices.user_agents import UserAgentReader
from secmon.logins.judges import POPULATION
from secmon.logins.population import Counting
from secmon.outbox.models import OwedMessage
from secmon.sealing.keyring import KeyRing
from secmon.settings.environment import Settings
from secmon.web.unit_of_work import DATABASE

# Every play begins here, on an account of its own: a Monday morning in Beijing.
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEYS = KeyRing({"lab": b"\x07" * 32}, "lab")
# The whole wallet is five clients from one address.
UNLIMITED = parse("1000000 per minute")
TOKEN_LASTS = timedelta(minutes=5)


class Clock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None:
        """The service logs its requests itself."""


class Stage:
    """One running service. `call` speaks to it as a first-run client or the second supervisor does."""

    def __init__(self, settings: Settings) -> None:
        self.clock = Clock()
        engine = make_engine(settings.database_url)
        migrating.upgrade(engine)
        engine.dispose()
        self._app = create_app(settings, self.clock)
        self._counting = Counting(UserAgentReader(settings.app_products))
        self.database: Database = DATABASE.of(self._app)
        self._known: dict[str, Any] = dict(ensure_first_run(self.database, settings))
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True, request_handler=_Quiet)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self._server.server_port}", timeout=60)
        self._tokens: dict[str, tuple[datetime, str]] = {}
        made = self.call("admin", "POST", "/v1/clients", {"name": "deputy", "role": "supervisor"})
        self._known["deputy"] = made.raise_for_status().json()

    def call(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request, with that client's token; `headers` as `If_Match="…"`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Authorization"] = f"Bearer {self._token(role)}"
        return self._http.request(method, path, json=body, headers=sent)

    def use(self, preset: str) -> str:
        """Puts those hold rules in force; answers the currency of their amounts."""
        stands = self.call("admin", "GET", "/v1/hold-rules").raise_for_status()
        body = {"preset": preset, "reason": "what a thief gets"}
        put = self.call("admin", "PUT", "/v1/hold-rules", body, If_Match=stands.headers["ETag"])
        currency: str = put.raise_for_status().json()["document"]["currency"]
        return currency

    def told(self, account_id: str) -> list[str]:
        """The kinds of all messages that are owed to the account's owner by now."""
        query = select(OwedMessage.kind).where(OwedMessage.account_id == account_id)
        with self.database.work(SYSTEM, write=False) as work:
            return list(work.session.scalars(query.order_by(OwedMessage.position)))

    def count_population(self) -> None:
        """What the worker does every few seconds: the judgement compares with everybody's logins."""
        while self._count():
            pass
        POPULATION.of(self._app).refresh()

    def _count(self) -> int:
        with self.database.work(SYSTEM) as work:
            return self._counting(work)

    def _token(self, role: str) -> str:
        asked_at, token = self._tokens.get(role, (None, ""))
        if asked_at is None or abs(self.clock.now - asked_at) > TOKEN_LASTS:
            known = self._known[role]
            answer = self._http.post(
                "/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=(known["client_id"], known["client_secret"]),
            )
            token = answer.raise_for_status().json()["access_token"]
            self._tokens[role] = (self.clock.now, token)
        return token

    def close(self) -> None:
        self._http.close()
        self._server.shutdown()
        self._server.server_close()
        self.database.dispose()


@contextmanager
def stage(database_url: str) -> Iterator[Stage]:
    """A service on that database, which is brought to the newest migration first."""
    with TemporaryDirectory(prefix="secmon-thefts-") as directory:
        var_dir = Path(directory)
        settings = Settings(
            database_url,
            KEYS,
            var_dir,
            threads=4,
            token_rate_limit=UNLIMITED,
            client_rate_limit=UNLIMITED,
            **geo_paths(var_dir),
        )
        running = Stage(settings)
        try:
            yield running
        finally:
            running.close()
