"""One installation as an operator has it: `secmon run` under an init system, on a database that may fail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from secmon.audit.sealing import Sealing
from secmon.cli.tokens import access_token, free_port
from secmon.database.engine import Database, make_engine
from secmon.settings.environment import Settings
from tests.faults.processes import Process, of_session
from tests.faults.waiting import until
from tests.service import ROLES, TEST_KEYS

STARTS_WITHIN_S = 120.0
ENDS_WITHIN_S = 60.0
# Longer than the service lets anything wait, so that a client never gives up first.
ANSWERS_WITHIN_S = 60.0
# Tokens live for ten minutes; a run on a busy machine may take longer.
RENEWED_AFTER_S = 300.0
MANY = "1000000 per minute"


class Site:
    """`secmon run` and all that it starts; started again whenever it ends, until `stop`.

    `code` is the directory of another release than this one.
    """

    def __init__(
        self, database_url: str, directory: Path, *, code: str | None = None, **settings: str
    ) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.starts = 0
        self.database_url = database_url
        self._tokens: dict[str, tuple[float, str]] = {}
        self._directory = directory
        self._log = directory / f"service-{port}.log"
        self._code = code
        self._environment = {
            **os.environ,
            **environment(database_url, directory),
            "PORT": str(port),
            **({} if code is None else {"PYTHONPATH": code}),
            **settings,
        }
        # Beside the service, to look at what it stores.
        keys = Settings.from_env(self._environment).keys
        self.database = Database(make_engine(database_url), recorder=Sealing(keys))
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._init = threading.Thread(target=self._keep_running, daemon=True)

    def start(self) -> None:
        """Returns when the service is ready, and a token of each role at hand."""
        self._init.start()
        self.wait_until_ready()
        for role in ROLES:
            self.renew_token(role)

    def wait_until_ready(self, within_s: float = STARTS_WITHIN_S) -> None:
        until(lambda: self.status_of("/readyz") == 200, "the service is ready", within_s, self.said)

    def status_of(self, path: str) -> int | None:
        """The status that an open route answers with; None where nobody answers."""
        try:
            return httpx.get(f"{self.url}{path}", timeout=ANSWERS_WITHIN_S).status_code
        except httpx.TransportError:
            return None

    def client(self, role: str, url: str | None = None) -> httpx.Client:
        """An HTTP client of that role; by way of another address, if one is given."""
        return httpx.Client(base_url=url or self.url, auth=_Bearer(self, role), timeout=ANSWERS_WITHIN_S)

    def token(self, role: str) -> str:
        """A token that is good for some minutes more, or the last one where the service gives none now."""
        asked_at, token = self._tokens[role]
        if time.monotonic() - asked_at < RENEWED_AFTER_S:
            return token
        with suppress(httpx.HTTPError):
            self.renew_token(role)
        return self._tokens[role][1]

    def renew_token(self, role: str) -> None:
        self._tokens[role] = (time.monotonic(), access_token(self.url, self._directory, role))

    def web_processes(self) -> list[Process]:
        """What answers requests now."""
        return [found for found in self._family() if not found.is_main and not found.runs("worker")]

    def worker_processes(self) -> list[Process]:
        return [found for found in self._family() if found.runs("worker")]

    def typed(self, *arguments: str) -> str:
        """What a command of this release prints."""
        command = [sys.executable, "-m", "secmon", *arguments]
        return subprocess.check_output(command, env=self._environment, cwd=self._code, text=True)

    def said(self) -> str:
        """The end of what the service has logged."""
        return self._log.read_text()[-5_000:] if self._log.exists() else ""

    def stop(self) -> None:
        """Stops the service in order, and at once whatever is left of it then."""
        self._stopping.set()
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._init.join(ENDS_WITHIN_S)
        self._kill_all()
        self.database.dispose()

    def _keep_running(self) -> None:
        while not self._stopping.is_set():
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "secmon", "run"],
                    env=self._environment,
                    cwd=self._code,
                    stdout=log,
                    stderr=log,
                    # A session of its own, by which everything that it starts is found.
                    start_new_session=True,
                )
            self.starts += 1
            self._process.wait()
            self._kill_all()

    def _family(self) -> list[Process]:
        return [] if self._process is None else of_session(self._process.pid)

    def _kill_all(self) -> None:
        """As an init system does: an orphan would hold the port."""
        for found in self._family():
            found.kill()
        until(lambda: not self._family(), "its processes have ended")


class _Bearer(httpx.Auth):
    def __init__(self, site: Site, role: str) -> None:
        self._site, self._role = site, role

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._site.token(self._role)}"
        yield request


def environment(database_url: str, directory: Path) -> dict[str, str]:
    """What every process of an installation is told."""
    return {
        "SECMON_DATABASE_URL": database_url,
        "SECMON_KEYS": f"test={b64encode(TEST_KEYS.keys['test']).decode()}",
        "SECMON_VAR_DIR": str(directory),
        "SECMON_PUBLIC_URL": "http://secmon.test",
        "SECMON_WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
        "SECMON_TOKEN_RATE_LIMIT": MANY,
        "SECMON_CLIENT_RATE_LIMIT": MANY,
        "SECMON_ACCESS_LOG": "off",
        "SECMON_LOG_LEVEL": "warning",
        "WEB_CONCURRENCY": "2",
    }


@contextmanager
def running_site(
    database_url: str, directory: Path, *, code: str | None = None, **settings: str
) -> Iterator[Site]:
    """A started site, until the block ends."""
    site = Site(database_url, directory, code=code, **settings)
    try:
        site.start()
        yield site
    finally:
        site.stop()
