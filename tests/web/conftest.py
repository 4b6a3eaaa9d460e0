"""The frame runs on both databases here, with routes of its own."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.databases import fresh_database
from tests.service import START
from tests.web.probe import Probe


@pytest.fixture(scope="session")
def _probes() -> Iterator[dict[str, Probe]]:
    running: dict[str, Probe] = {}
    yield running
    for probe in running.values():
        probe.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def probe(request: pytest.FixtureRequest, _probes: dict[str, Probe]) -> Probe:
    """A probe whose things other tests see too: use fresh names."""
    return _running(_probes, request.param)


@pytest.fixture
def sqlite_probe(_probes: dict[str, Probe]) -> Probe:
    """For what the database plays no part in."""
    return _running(_probes, "sqlite")


@pytest.fixture
def postgres_probe(_probes: dict[str, Probe]) -> Probe:
    """For what only PostgreSQL does."""
    return _running(_probes, "postgresql")


@pytest.fixture
def http(sqlite_probe: Probe) -> Iterator[httpx.Client]:
    """A client with all scopes, of the probe on SQLite."""
    with sqlite_probe.client() as client:
        yield client


def _running(probes: dict[str, Probe], kind: str) -> Probe:
    if kind not in probes:
        probes[kind] = Probe(fresh_database(kind), threads=8)
    probes[kind].clock.now = START
    return probes[kind]
