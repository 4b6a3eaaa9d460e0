"""F01: processes are killed at random while a thousand mixed requests run."""

from __future__ import annotations

from collections import Counter
from random import Random

from tests.faults import deliveries
from tests.faults.checker import assert_consistent
from tests.faults.record import Record, assert_known_again
from tests.faults.site import Site
from tests.faults.traffic import traffic_to
from tests.faults.waiting import until
from tests.receiver import Receiver

REQUESTS = 1_000
MOST_BETWEEN_KILLS = 120
WITHIN_S = 300.0
REPEATED = 100
SEED = 20_261_122


def test_F01_kills_at_random_lose_nothing_halve_nothing_and_double_nothing(
    site: Site, receiver: Receiver
) -> None:
    deliveries.subscribe(site, receiver)
    chance, killed = Random(SEED), Counter[str]()
    with traffic_to(site, SEED) as traffic:
        record = traffic.record
        while record.answered < REQUESTS and not record.over:
            record.wait_for(record.answered + chance.randrange(20, MOST_BETWEEN_KILLS), WITHIN_S)
            killed[_kill_one(site, chance)] += 1
    site.wait_until_ready()
    # Both kinds of process were killed, and requests were under way when they were.
    assert set(killed) == {"web", "worker"}
    assert _broken_off(record) > 0
    assert_consistent(site.database, record)
    _repeat_some(site, record, chance)
    assert_consistent(site.database, record)
    site.stop()
    deliveries.deliver_the_rest(site)
    assert deliveries.received(receiver) == deliveries.owed(site)


def _kill_one(site: Site, chance: Random) -> str:
    """Whichever is there: after some kills in a row, the service itself is starting again."""
    kind = "worker" if chance.random() < 0.25 else "web"
    found = site.worker_processes if kind == "worker" else site.web_processes
    until(lambda: bool(found()), f"a {kind} process runs", WITHIN_S, site.said)
    chance.choice(found()).kill()
    return kind


def _broken_off(record: Record) -> int:
    """How many requests got no answer at first."""
    return sum(request.attempts[0].status is None for request in record.requests)


def _repeat_some(site: Site, record: Record, chance: Random) -> None:
    """Whatever can be repeated is known again."""
    repeatable = [one for one in record.requests if one.acknowledged and one.is_repeatable]
    clients = {role: site.client(role) for role in ("wallet", "agent")}
    for request in chance.sample(repeatable, REPEATED):
        assert_known_again(request, clients[request.role])
    for client in clients.values():
        client.close()
