"""Real worker processes on a database of the test's own, and a receiver for what they send."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

import pytest
from click.testing import CliRunner

from secmon.cli.main import root
from secmon.core.actor import SYSTEM
from secmon.core.clock import Clock, system_clock
from secmon.database.engine import Database, make_engine
from secmon.outbox import service as outbox
from secmon.outbox.delivering import Delivering
from secmon.outbox.kinds import Kind
from secmon.webhooks import service as webhooks
from secmon.webhooks.couriers import WebhookCouriers, subscribed
from secmon.webhooks.service import Webhooks
from tests.databases import fresh_database
from tests.receiver import Receiver
from tests.service import TEST_KEYS

CHOSEN = Webhooks(TEST_KEYS, (ip_network("127.0.0.0/8"),))
ENDS_WITHIN_S = 120


@dataclass
class Installation:
    """One database, and as many worker processes as a test starts."""

    url: str
    database: Database
    directory: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SECMON_DATABASE_URL": self.url,
            "SECMON_KEYS": f"test={b64encode(TEST_KEYS.keys['test']).decode()}",
            "SECMON_VAR_DIR": str(self.directory),
            "SECMON_WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
            "SECMON_LOG_LEVEL": "critical",
        }

    def start_worker(self, *arguments: str) -> subprocess.Popen[str]:
        """A worker process, as it ships."""
        process = subprocess.Popen(
            [sys.executable, "-m", "secmon", "worker", *arguments],
            env=os.environ | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.running.append(process)
        return process

    def said(self, *arguments: str) -> str:
        """What a command prints that ends at once; it has to succeed."""
        result = CliRunner().invoke(root, arguments, env=self.environment, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def drain(self, clock: Clock = system_clock) -> None:
        """What a worker would send at that time."""
        duty = Delivering(subscribed, WebhookCouriers(CHOSEN))
        duty.drain(Database(self.database.engine, clock))
        duty.stop()

    def subscribe(self, receiver: Receiver) -> str:
        with self.database.work(SYSTEM) as work:
            new = webhooks.create(work, CHOSEN, receiver.url, [Kind.ACCOUNT_FROZEN])
        return str(new.endpoint.endpoint_id)

    def owe(self, account_id: str, count: int = 1) -> list[str]:
        """The ids of `count` messages, in order."""
        ids = []
        for _ in range(count):
            with self.database.work(SYSTEM) as work:
                ids.append(str(outbox.owe(work, account_id, Kind.ACCOUNT_FROZEN, {})))
        return ids


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    url = fresh_database(request.param)
    installation = Installation(url, Database(make_engine(url)), tmp_path)
    yield installation
    for process in installation.running:
        process.kill()
        process.communicate()
    installation.database.dispose()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()
