"""F04: PostgreSQL is away, or there and silent: the service lives, is not ready, and allows nothing."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Event
from time import monotonic

import httpx
import pytest

from tests.faults import asking
from tests.faults.processes import family
from tests.faults.record import Attempt
from tests.faults.site import Site
from tools.postgres import Cluster

ACCOUNT = "acct-1"
# Four times as many as the service has threads.
CLIENTS = 32
ASKS_EVERY_S = 0.5
# Minutes made short: longer than anything in the service waits for the database.
AWAY_S = 15.0
# Silence takes longer to notice than a refusal. Before an orchestrator ends a process it asks several times.
NOTICED_WITHIN_S = 20.0
# As long as an orchestrator waits for one sign of life.
LIVES_WITHIN_S = 5.0
BACK_WITHIN_S = 10.0


@contextmanager
def stopped(cluster: Cluster) -> Iterator[None]:
    """Nobody listens."""
    cluster.stop()
    yield
    cluster.start()


@contextmanager
def silent(cluster: Cluster) -> Iterator[None]:
    """Its machine stands still: connections are kept, and even accepted, and nothing is answered."""
    halted = family(int((cluster.data_dir / "postmaster.pid").read_text().split()[0]))
    for process in halted:
        process.send(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in halted:
            process.send(signal.SIGCONT)


@pytest.mark.parametrize("away", [stopped, silent])
def test_F04_it_lives_is_not_ready_and_allows_nothing(
    site: Site, cluster: Cluster, away: Callable[[Cluster], AbstractContextManager[None]]
) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        # At once, so that all connections are open that the service ever opens.
        assert set(pool.map(_is_allowed, [site] * CLIENTS)) == {True}
        with away(cluster), _asking_on(site, pool) as heard:
            while len(heard) < CLIENTS:
                assert httpx.get(f"{site.url}/livez", timeout=NOTICED_WITHIN_S).status_code == 200
            end = monotonic() + AWAY_S
            while monotonic() < end:
                assert httpx.get(f"{site.url}/livez", timeout=LIVES_WITHIN_S).status_code == 200
            assert site.status_of("/readyz") == 503
        assert {(attempt.status, attempt.code) for attempt in heard} == {(503, "unavailable")}
    site.wait_until_ready(BACK_WITHIN_S)
    assert _is_allowed(site)


@contextmanager
def _asking_on(site: Site, pool: ThreadPoolExecutor) -> Iterator[list[Attempt]]:
    """What clients hear that ask again and again during the block."""
    over, heard = Event(), list[Attempt]()

    def ask_on() -> None:
        with site.client("wallet") as wallet:
            while not over.is_set():
                for request in (asking.standing(ACCOUNT), asking.login(ACCOUNT), asking.freeze(ACCOUNT)):
                    request.send(wallet)
                    heard.extend(request.attempts)
                    over.wait(ASKS_EVERY_S)

    clients = [pool.submit(ask_on) for _ in range(CLIENTS)]
    try:
        yield heard
    finally:
        over.set()
        for client in clients:
            client.result()


def _is_allowed(site: Site) -> bool:
    with site.client("wallet") as wallet:
        assert asking.login(ACCOUNT).send(wallet)
        gate = asking.standing(ACCOUNT)
        answer = gate.send(wallet)
    return answer is not None and bool(answer.json()["allowed"])
