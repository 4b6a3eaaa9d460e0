"""R50, A77: whoever says nothing is given up, and keeps nobody from being answered."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from secmon.serving.web import HEADERS_WITHIN_MS
from tests.databases import fresh_database
from tests.processes import environment_of, running
from tests.senders import ANSWERED_WITHIN_S, connections
from tests.service import NO_TLS

SILENT = 1_100
GIVEN_UP_WITHIN_S = 20


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    """This process holds the other ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * SILENT)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_A77_silent_connections_stop_nobody_and_are_given_up(tmp_path: Path) -> None:
    half = SILENT // 2
    with (
        running(environment_of(fresh_database("sqlite"), tmp_path)) as service,
        connections(service.port, half, b"") as silent,
        connections(service.port, SILENT - half, b"GET /livez HTTP/1.1\r\nHost:") as unfinished,
    ):
        for _ in range(3):
            assert httpx.get(f"{service.url}/livez", timeout=ANSWERED_WITHIN_S, verify=NO_TLS).is_success
        began = time.monotonic()
        assert [closed(connection) for connection in (silent[-1], unfinished[-1])] == [True, True]
        assert time.monotonic() - began < HEADERS_WITHIN_MS / 1000 + ANSWERED_WITHIN_S


def closed(connection: socket.socket) -> bool:
    """Whether the other side says goodbye, in time; it may say first what was wrong."""
    connection.settimeout(GIVEN_UP_WITHIN_S)
    return all(not block or b" 4" in block for block in iter(lambda: connection.recv(1000), b""))
