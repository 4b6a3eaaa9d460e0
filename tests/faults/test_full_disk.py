"""F06: the disk is full: whoever writes is refused, nothing is half done, and with room it goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic

import pytest

from tests.faults.checker import assert_consistent
from tests.faults.record import Record
from tests.faults.site import running_site
from tests.faults.stages import Stage, data_of_postgresql, file_of_sqlite, log_of_postgresql
from tests.faults.traffic import CLIENTS, traffic_to
from tests.faults.waiting import until
from tools.postgres import Cluster

REQUESTS = 100
WITHIN_S = 300.0
SEED = 20_261_124


@pytest.mark.parametrize("on", [data_of_postgresql, log_of_postgresql, file_of_sqlite])
def test_F06_a_full_disk_refuses_halves_nothing_and_with_room_goes_on(
    cluster: Cluster, tmp_path: Path, on: Callable[[Cluster], AbstractContextManager[Stage]]
) -> None:
    with on(cluster) as stage, running_site(stage.database_url, tmp_path) as site:
        with traffic_to(site, SEED) as traffic:
            record = traffic.record
            record.wait_for(REQUESTS, WITHIN_S)
            stage.disk.fill()
            _until_all_are_refused(record, stage)
            stage.disk.free()
            stage.recover()
            record.wait_for(record.answered + REQUESTS, WITHIN_S)
        assert record.out_of_order() == []
        assert_consistent(site.database, record)


def _until_all_are_refused(record: Record, stage: Stage) -> None:
    """Pages that are there already take some more rows, so the first are refused before the last."""
    since = monotonic()

    def refused() -> bool:
        stage.grow()
        return record.over or len(record.refusals(since)) > 2 * CLIENTS

    until(refused, "whoever writes is refused", WITHIN_S)
