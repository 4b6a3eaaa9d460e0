"""A durable PostgreSQL that tests may stop and kill, and the service as it ships on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.databases import new_database
from tests.faults.site import Site, running_site
from tests.receiver import Receiver
from tools.postgres import Cluster, running_postgres

# Services are started, killed and waited for, several times a test.
HANGS_AFTER_S = 900


def pytest_itemcollected(item: pytest.Item) -> None:
    """Each test here has longer than those elsewhere."""
    item.add_marker(pytest.mark.timeout(HANGS_AFTER_S))


@pytest.fixture(scope="session")
def _shared_cluster() -> Iterator[Cluster]:
    with running_postgres() as cluster:
        yield cluster


@pytest.fixture
def cluster(_shared_cluster: Cluster) -> Cluster:
    """The PostgreSQL of these tests, running, its commits durable as in production."""
    if not _shared_cluster.is_running():
        _shared_cluster.start()
    return _shared_cluster


@pytest.fixture
def database_url(cluster: Cluster) -> str:
    """An empty database of the test's own."""
    return new_database(cluster)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """The service on PostgreSQL, two web processes and a worker."""
    with running_site(database_url, tmp_path) as site:
        yield site


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()
