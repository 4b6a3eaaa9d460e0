"""/livez and /readyz: what an orchestrator acts upon."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, text

from secmon.core.actor import SYSTEM
from secmon.database import migrating
from secmon.observing.health import ReadyCheck, add_check
from tests.databases import empty_database, fresh_database, postgres_url
from tests.service import NO_TLS
from tests.web.probe import Probe


@pytest.fixture
def own_probe() -> Iterator[Probe]:
    """A probe that a test may break."""
    probe = Probe(fresh_database("postgresql"), threads=2)
    yield probe
    probe.stop()


@contextmanager
def away(probe: Probe) -> Iterator[None]:
    """The probe's database takes no connections meanwhile, and those that there were are gone."""
    database = make_url(probe.settings.database_url).database or ""
    name = sql.Identifier(database)
    server = postgres_url().replace("+psycopg", "")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database]
        )
        yield
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


def test_a_service_with_all_that_it_needs_is_alive_and_ready(probe: Probe) -> None:
    assert httpx.get(f"{probe.url}/livez", verify=NO_TLS).json() == {"status": "alive"}
    ready = httpx.get(f"{probe.url}/readyz", verify=NO_TLS)
    assert ready.status_code == 200
    assert ready.json() == {"status": "ready", "checks": {"database": "ok", "migrations": "ok", "keys": "ok"}}


def test_f04_without_its_database_it_is_alive_not_ready_and_answers_503(own_probe: Probe) -> None:
    with own_probe.client() as client:
        with away(own_probe):
            assert client.get("/livez").status_code == 200
            unready = client.get("/readyz")
            assert (unready.status_code, unready.json()["code"]) == (503, "not_ready")
            assert unready.json()["checks"]["database"] == "not reachable"
            refused = client.get("/v1/things?name=x")
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert client.get("/readyz").status_code == 200
        assert client.get("/v1/things?name=x").status_code == 200


def test_a_database_that_was_not_migrated_is_not_ready() -> None:
    probe = Probe(empty_database("sqlite"))
    unready = httpx.get(f"{probe.url}/readyz", verify=NO_TLS)
    assert unready.status_code == 503
    assert int(unready.headers["Retry-After"]) >= 1
    assert unready.json()["checks"] == {
        "database": "ok",
        "migrations": "run `secmon db upgrade`",
        "keys": "ok",
    }
    probe.stop()


@pytest.mark.parametrize(
    ("by", "told", "status"),
    [(-1, "run `secmon db upgrade`", 503), (0, "ok", 200), (1, "ok", 200)],
    ids=["older", "its own", "newer"],
)
def test_f14_a_newer_release_s_schema_keeps_this_one_in_rotation_and_an_older_one_does_not(
    own_probe: Probe, by: int, told: str, status: int
) -> None:
    with own_probe.database.work(SYSTEM) as work:
        revision = f"{int(migrating.head()) + by:04}"
        work.session.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": revision})
    ready = httpx.get(f"{own_probe.url}/readyz", verify=NO_TLS)
    assert (ready.status_code, ready.json()["checks"]["migrations"]) == (status, told)


def test_a_domain_s_check_is_asked_and_what_is_not_vital_is_only_told(own_probe: Probe) -> None:
    add_check(own_probe.app, "places", ReadyCheck(lambda: "no GeoIP files", vital=False))
    told = httpx.get(f"{own_probe.url}/readyz", verify=NO_TLS)
    assert (told.status_code, told.json()["checks"]["places"]) == (200, "no GeoIP files")
    add_check(own_probe.app, "places", ReadyCheck(lambda: "no GeoIP files"))
    assert httpx.get(f"{own_probe.url}/readyz", verify=NO_TLS).status_code == 503
