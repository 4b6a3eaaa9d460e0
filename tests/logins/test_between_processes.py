"""A32, R22: a wallet that repeats itself at several processes at once is heard once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from secmon.alerts.models import Alert
from secmon.core.actor import SYSTEM
from secmon.core.clock import system_clock
from secmon.database.engine import Database, make_engine
from secmon.logins.models import StoredLogin
from tests.databases import fresh_database
from tests.logins.factories import login, takeover
from tests.processes import processes
from tests.service import NO_TLS

POSTS = 100
AT_ONCE = 16
ANSWERED_WITHIN_S = 120


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_A32_one_event_a_hundred_times_at_two_processes_is_one_row_and_one_alert(
    kind: str, tmp_path: Path
) -> None:
    url = fresh_database(kind)
    event = takeover("twice", occurred_at=system_clock().isoformat())
    with processes(2, url, tmp_path) as (services, token), ExitStack() as open_ones:
        headers = {"Authorization": f"Bearer {token}"}
        clients = [
            open_ones.enter_context(
                httpx.Client(base_url=service, headers=headers, timeout=ANSWERED_WITHIN_S, verify=NO_TLS)
            )
            for service in services
        ]
        clients[0].post("/v1/login-events", json=login("twice")).raise_for_status()

        def post(nth: int) -> httpx.Response:
            answer = clients[nth % 2].post("/v1/login-events", json=event)
            while answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                # Told to come again, a wallet does.
                answer = clients[nth % 2].post("/v1/login-events", json=event)
            return answer

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(post, range(POSTS)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: POSTS - 1}
    (assessment,) = {answer.text for answer in answers}
    assert '"alert_id":null' not in assessment
    assert rows_of(url, event["event_id"]) == (1, 1)


def rows_of(url: str, event_id: str) -> tuple[int, int]:
    """How many logins of that id, and how many alerts, there are."""
    database = Database(make_engine(url))
    with database.work(SYSTEM, write=False) as work:
        logins = select(func.count()).where(StoredLogin.event_id == event_id)
        alerts = select(func.count()).where(Alert.event_id == event_id)
        found = work.session.scalar(logins) or 0, work.session.scalar(alerts) or 0
    database.dispose()
    return found
