"""A small service: the real frame, a real server and database, and routes that belong to no domain."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select
from werkzeug.serving import make_server

from secmon.core.actor import SYSTEM, Actor, ActorKind
from secmon.core.errors import Unauthenticated
from secmon.database.engine import Database, make_engine
from secmon.observing import install as observing
from secmon.observing.metrics import COLLECTORS
from secmon.observing.room import ROOM as OBSERVING
from secmon.settings.environment import Settings
from secmon.web import frame
from secmon.web.application import Application
from secmon.web.caller import AUTHENTICATE, Caller
from tests.service import MANY, NO_TLS, TEST_KEYS, FakeClock, QuietHandler
from tests.web.probe_routes import THINGS, Meetings, blp

SCOPES = {"events:write": "Write.", "accounts:read": "Read."}


def authenticate(token: str) -> Caller:
    """Any word is a client of that name; `readonly…` may only read, `bad…` is nobody."""
    if token.startswith("bad"):
        raise Unauthenticated
    scopes = {"accounts:read"} if token.startswith("readonly") else SCOPES
    return Caller(Actor(token, ActorKind.SERVICE, frozenset(scopes)))


class Probe:
    """One running probe. `client(name)` speaks for the client of that name."""

    def __init__(self, database_url: str, **settings: Any) -> None:
        self.clock = FakeClock()
        known = Settings(database_url, TEST_KEYS, Path("var"), token_rate_limit=MANY, client_rate_limit=MANY)
        self.settings = replace(known, **settings)
        engine = make_engine(database_url, pool_size=self.settings.threads)
        self.database = Database(engine, self.clock)
        THINGS.metadata.create_all(engine)
        self.app = Application("probe")
        self.meetings = self.app.extensions["probe.meetings"] = Meetings()
        AUTHENTICATE.put(self.app, authenticate)
        frame.install(self.app, self.settings, self.database, self._observe)
        frame.publish(self.app, [blp, *OBSERVING.routes])
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=QuietHandler)
        self.address = ("127.0.0.1", self._server.server_port)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _observe(self) -> None:
        observing.install(self.app, self.settings, self.database)
        COLLECTORS.put(self.app, ())

    def client(self, name: str = "wallet", **options: Any) -> httpx.Client:
        headers = {"Authorization": f"Bearer {name}", **options.pop("headers", {})}
        return httpx.Client(base_url=self.url, headers=headers, timeout=20, **options, verify=NO_TLS)

    def things(self, name: str) -> int:
        """How many things of that name are stored."""
        with self.database.work(SYSTEM, write=False) as work:
            query = select(func.count()).select_from(THINGS).where(THINGS.c.name == name)
            return work.session.scalar(query) or 0

    def stop(self) -> None:
        self._server.shutdown()
        self.database.dispose()
