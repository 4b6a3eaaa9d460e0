"""Every HTTP test runs against a real server on SQLite and on PostgreSQL; nothing skips silently."""

from __future__ import annotations

import gc
import io
import itertools
import sys
from collections.abc import Iterator
from typing import TextIO, cast

import httpx
import pytest
from hypothesis import settings

from secmon.observing import logs as logging
from tests.databases import fresh_database
from tests.service import START, Service

# The same examples in each run, so that a failure is the change's, however slow the machine is. Others are
# drawn with `pytest --hypothesis-profile exploring`.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile("repeatable")

_serial = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sqlite-only", action="store_true", help="leave out what needs PostgreSQL")


def pytest_collection_finish() -> None:
    """What was imported and collected stays: it need not be looked through for garbage all the time."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Nothing is skipped silently: what `--sqlite-only` leaves out is counted as deselected."""
    if config.getoption("--sqlite-only"):
        left_out = [item for item in items if _needs_postgresql(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _needs_postgresql(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return "postgresql" in item.name or any("postgres" in name for name in fixtures)


class _Log(io.TextIOBase):
    """Where this process logs: pytest's standard output, of which no test's own capture sees anything."""

    kept: io.StringIO | None = None

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def write(self, text: str) -> int:
        if self.kept is not None:
            self.kept.write(text)
        # `make mutants` runs pytest several times in a process, each time with an output of its own.
        return len(text) if self._output.closed else self._output.write(text)


_LOG = _Log(sys.stdout)
# As the service logs: one line an event, and nothing that renders a traceback for minutes.
logging.configure("info", cast(TextIO, _LOG))


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What this process logs while the test runs."""
    _LOG.kept = io.StringIO()
    yield _LOG.kept
    _LOG.kept = None


@pytest.fixture(scope="session")
def _services() -> Iterator[dict[str, Service]]:
    running: dict[str, Service] = {}
    yield running
    for service in running.values():
        service.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def service(
    request: pytest.FixtureRequest, _services: dict[str, Service], tmp_path_factory: pytest.TempPathFactory
) -> Service:
    """The running service, its clock back at START. Data of other tests is there: use fresh accounts."""
    return _running(request.param, _services, tmp_path_factory)


@pytest.fixture
def sqlite_service(_services: dict[str, Service], tmp_path_factory: pytest.TempPathFactory) -> Service:
    """As `service`, on SQLite only: where the database plays no part."""
    return _running("sqlite", _services, tmp_path_factory)


@pytest.fixture
def postgres_service(_services: dict[str, Service], tmp_path_factory: pytest.TempPathFactory) -> Service:
    """As `service`, on PostgreSQL only: where locks or grants are what is tested."""
    return _running("postgresql", _services, tmp_path_factory)


def _running(kind: str, running: dict[str, Service], tmp_path_factory: pytest.TempPathFactory) -> Service:
    if kind not in running:
        running[kind] = Service(fresh_database(kind), tmp_path_factory.mktemp(kind))
    running[kind].clock.now = START
    return running[kind]


@pytest.fixture
def account_id() -> str:
    """An account that no other test knows."""
    return f"acct-{next(_serial)}"


@pytest.fixture
def wallet(service: Service) -> Iterator[httpx.Client]:
    """The wallet backend."""
    with service.client("wallet") as client:
        yield client


@pytest.fixture
def agent(service: Service) -> Iterator[httpx.Client]:
    """Support staff."""
    with service.client("agent") as client:
        yield client


@pytest.fixture
def supervisor(service: Service) -> Iterator[httpx.Client]:
    """A second person, who may approve."""
    with service.client("supervisor") as client:
        yield client
