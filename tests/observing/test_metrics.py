"""/metrics: there for whoever holds the token, by route and never by account."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.databases import fresh_database
from tests.service import NO_TLS
from tests.web.probe import Probe

ROOT = Path(__file__).parents[2]
TOKEN = "scrape-me"
COUNT_IN_TWO_PROCESSES = """
import os, sys
from pathlib import Path
from secmon.observing import metrics

metrics.count_in_files(Path(sys.argv[1]))
child = os.fork()
metrics.REQUESTS.labels("GET", "/shared", 200).inc()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
print(metrics.exposed().decode())
"""


@pytest.fixture(scope="module")
def scraped() -> Iterator[Probe]:
    probe = Probe(fresh_database("sqlite"), metrics_token=TOKEN)
    yield probe
    probe.stop()


def scrape(probe: Probe, token: str = TOKEN) -> httpx.Response:
    return httpx.get(f"{probe.url}/metrics", headers={"Authorization": f"Bearer {token}"}, verify=NO_TLS)


def test_requests_are_counted_by_route_and_not_by_path(scraped: Probe) -> None:
    with scraped.client() as client:
        client.get("/v1/things/acct-secret-1")
        client.get("/nowhere/acct-secret-2")
        client.request("BREW", "/livez")
    text = scrape(scraped).text
    assert (
        'secmon_http_requests_total{method="GET",route="/v1/things/<identifier:thing_id>",status="200"}'
        in text
    )
    assert 'secmon_http_request_seconds_bucket{le="0.005",route="/v1/things/<identifier:thing_id>"}' in text
    assert 'route="unmatched"' in text
    assert 'method="other"' in text
    assert "acct-secret" not in text
    assert "BREW" not in text


@pytest.mark.parametrize("token", ["", "wrong", "scrape-m", "scrape-me2", "é"])
def test_without_the_token_there_is_nothing_here(scraped: Probe, token: str) -> None:
    authorization = f"Bearer {token}".strip().encode()
    answer = httpx.get(f"{scraped.url}/metrics", headers={b"Authorization": authorization}, verify=NO_TLS)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_where_no_token_is_set_none_works(sqlite_probe: Probe) -> None:
    assert scrape(sqlite_probe, "None").status_code == 404


def test_any_process_answers_for_all(tmp_path: Path) -> None:
    (tmp_path / "counter_1.db").write_bytes(b"left behind by an earlier run")
    done = subprocess.run(
        [sys.executable, "-c", COUNT_IN_TWO_PROCESSES, str(tmp_path)],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    )
    assert 'secmon_http_requests_total{method="GET",route="/shared",status="200"} 2.0' in done.stdout
