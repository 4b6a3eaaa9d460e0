"""F13: PostgreSQL takes no more connections: a fast refusal, nothing allowed, and then on again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from tests.faults import asking
from tests.faults.databases import connected
from tests.faults.record import Attempt
from tests.faults.site import Site, running_site
from tests.faults.waiting import until
from tools.postgres import running_postgres

ACCOUNT = "acct-1"
MOST_CONNECTIONS = "20"
CLIENTS = 16
# Far less than the time-outs of a statement and of a connection together.
FAST_S = 6.0
OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> 'taken'"


def test_F13_without_a_connection_it_refuses_fast_and_allows_nothing(tmp_path: Path) -> None:
    with (
        running_postgres(max_connections=MOST_CONNECTIONS) as cluster,
        running_site(cluster.url(), tmp_path) as site,
    ):
        assert {attempt.status for attempt in _ask(site)} <= {200, 201}
        with _all_taken(cluster.url()), ThreadPoolExecutor(CLIENTS) as pool:
            heard = [attempt for answers in pool.map(_ask, [site] * CLIENTS) for attempt in answers]
            assert {(attempt.status, attempt.code) for attempt in heard} == {(503, "unavailable")}
            assert max(attempt.took for attempt in heard) < FAST_S
            assert site.status_of("/livez") == 200
            assert site.status_of("/readyz") == 503
        site.wait_until_ready()
        assert {attempt.status for attempt in _ask(site)} <= {200, 201}


def _ask(site: Site) -> list[Attempt]:
    """What a client hears of a login, at the gate, and of a change."""
    heard = []
    with site.client("wallet") as wallet:
        for request in (asking.login(ACCOUNT), asking.standing(ACCOUNT), asking.change(ACCOUNT, "phone")):
            request.send(wallet)
            heard += request.attempts
    return heard


@contextmanager
def _all_taken(url: str) -> Iterator[None]:
    """Every connection that there can be is somebody else's; the service's own are gone."""
    with ExitStack() as stack:
        watcher = stack.enter_context(_taken(url))

        def all_are_taken() -> bool:
            watcher.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}")
            while _take_one(stack, url):
                pass
            return not watcher.execute(f"SELECT 1 {OTHERS}").fetchone()

        until(all_are_taken, "all connections are taken")
        yield


def _take_one(stack: ExitStack, url: str) -> bool:
    try:
        stack.enter_context(_taken(url))
    except psycopg.OperationalError:
        return False
    return True


def _taken(url: str) -> psycopg.Connection:
    return connected(f"{url}?application_name=taken")
