"""A service of these tests' own: the policy judges every account, so nobody else's tests may share it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.databases import fresh_database
from tests.service import START, Service


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def trying(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(fresh_database(request.param), tmp_path_factory.mktemp("policies"))
    yield service
    service.stop()


@pytest.fixture
def admin(trying: Service) -> Iterator[httpx.Client]:
    trying.clock.now = START
    with trying.client("admin") as client:
        yield client


@pytest.fixture
def wallet(trying: Service) -> Iterator[httpx.Client]:
    with trying.client("wallet") as client:
        yield client
