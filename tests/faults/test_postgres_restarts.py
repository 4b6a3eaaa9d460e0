"""F03: PostgreSQL is restarted, or dies, while clients keep at it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import pytest

from tests.faults.checker import assert_consistent
from tests.faults.record import Record
from tests.faults.site import Site
from tests.faults.traffic import CLIENTS, traffic_to
from tests.faults.waiting import until
from tools.postgres import Cluster

TIMES = 3
BETWEEN = 150
WITHIN_S = 300.0
BACK_WITHIN_S = 10.0
SEED = 20_261_123


@pytest.mark.parametrize("end", [Cluster.stop, Cluster.kill], ids=["restarted", "killed"])
def test_F03_clients_are_told_to_come_back_and_lose_nothing(
    site: Site, cluster: Cluster, end: Callable[[Cluster], None]
) -> None:
    refused_late = []
    with traffic_to(site, SEED) as traffic:
        record = traffic.record
        record.wait_for(BETWEEN, WITHIN_S)
        for _ in range(TIMES):
            end(cluster)
            _until_refused(record)
            cluster.start()
            back = monotonic()
            record.wait_for(record.answered + CLIENTS, BACK_WITHIN_S)
            record.wait_for(record.answered + BETWEEN, WITHIN_S)
            refused_late += record.refusals(back + BACK_WITHIN_S, monotonic())
    assert record.out_of_order() == []
    assert refused_late == []
    assert_consistent(site.database, record)


def _until_refused(record: Record) -> None:
    """Or clients were told what they never should be, which ends them all."""
    since = monotonic()
    until(lambda: record.over or bool(record.refusals(since)), "somebody is refused", WITHIN_S)
