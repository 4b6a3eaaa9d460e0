"""What operators are handed names metrics, routes and variables that exist."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from secmon.cli.installation import table
from secmon.logins.routes import LARGEST_BATCH
from secmon.serving.web import HEADERS_WITHIN_MS
from secmon.web.frame import LARGEST_BODY
from secmon.web.receiving import LARGEST_OPEN

ROOT = Path(__file__).parents[2]
RULES, DASHBOARD = ROOT / "deploy" / "prometheus-rules.yaml", ROOT / "deploy" / "grafana-dashboard.json"
COMPOSE = ROOT / "docker-compose.yaml"
# What Prometheus' client adds to the name of a counter or of a histogram.
ADDED = re.compile(r"_(total|bucket|sum|count)$")
PROXY, ROLES = ROOT / "deploy" / "nginx.conf", ROOT / "deploy" / "postgres-roles.sh"
# Of the compose file alone: it makes the URLs of the database from them.
COMPOSES_OWN = {"SECMON_DB_PASSWORD", "SECMON_DB_OWNER_PASSWORD"}


def metrics_of_the_service() -> set[str]:
    sources = (path.read_text("utf-8") for path in (ROOT / "secmon").rglob("*.py"))
    return {name for text in sources for name in re.findall(r'"(secmon_[a-z_]+)"', text)}


@pytest.mark.parametrize("file", [RULES, DASHBOARD], ids=lambda path: path.name)
def test_every_metric_that_is_asked_for_exists(file: Path):
    asked = {ADDED.sub("", name) for name in re.findall(r"\bsecmon_[a-z_]+", file.read_text("utf-8"))}
    assert asked
    assert asked <= metrics_of_the_service()


def test_every_alert_is_explained_to_the_operator():
    operations = (ROOT / "docs" / "operations.md").read_text("utf-8")
    alerts = re.findall(r"- alert: (\w+)", RULES.read_text("utf-8"))
    assert [alert for alert in alerts if f"`{alert}`" not in operations] == []


def test_the_dashboards_panels_do_not_overlap():
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    covered = [cell for panel in panels for cell in cells(**panel["gridPos"])]
    assert len(set(covered)) == len(covered)
    assert all(panel["targets"] for panel in panels)


def cells(x: int, y: int, w: int, h: int) -> Iterator[tuple[int, int]]:
    """The cells of the grid that a panel covers."""
    return itertools.product(range(x, x + w), range(y, y + h))


def test_the_compose_file_sets_variables_that_exist():
    known = {name for name, _, _ in table()} | COMPOSES_OWN
    used = set(re.findall(r"\bSECMON_[A-Z_]+", COMPOSE.read_text("utf-8")))
    assert used <= known


def test_the_services_own_processes_run_under_the_role_that_cannot_change_the_audit():
    """And only what migrates runs as the owner; the roles' names are those that the script makes."""
    compose = COMPOSE.read_text("utf-8")
    used = re.findall(r"postgresql\+psycopg://(\w+):", compose)
    assert used == ["secmon_app", "secmon_owner"]
    made = re.findall(r"CREATE ROLE (\w+)", ROLES.read_text("utf-8"))
    assert sorted(made) == sorted(used)
    assert "deploy/postgres-roles.sh" in compose


def test_R50_every_container_is_bounded():
    services, _, _ = COMPOSE.read_text("utf-8").partition("\nnetworks:")
    images = len(re.findall(r"^    image: |^  image: ", services, re.MULTILINE))
    for limit in ("mem_limit", "pids_limit"):
        assert len(re.findall(rf"^ +{limit}: ", services, re.MULTILINE)) == images


def test_R50_the_proxy_gives_up_whoever_is_slow_and_bounds_connections_by_address():
    conf = PROXY.read_text("utf-8")
    said = {name: int(seconds) for name, seconds in re.findall(r"(\w+_timeout) (\d+)s;", conf)}
    headers_within_s = HEADERS_WITHIN_MS / 1000
    assert max(said["client_header_timeout"], said["client_body_timeout"]) <= headers_within_s
    # nginx closes connections to the service first, and waits for the slowest answer.
    upstream = re.search(r"upstream service \{.*?keepalive_timeout (\d+)s;", conf, re.DOTALL)
    assert upstream is not None
    assert int(upstream[1]) < headers_within_s
    assert said["proxy_read_timeout"] > 30
    stream, _, http = conf.partition("\nhttp {")
    assert re.search(r"limit_conn connections \d+;", stream)
    for setting in (
        "proxy_request_buffering on;",
        "underscores_in_headers off;",
        "ssl_protocols TLSv1.2 TLSv1.3;",
    ):
        assert setting in http
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in http


def test_the_proxy_lets_through_what_the_service_takes():
    unit = {"k": 1024, "m": 1024 * 1024}
    sizes = [
        int(size) * unit[factor]
        for size, factor in re.findall(r"max_body_size (\d+)([km]);", PROXY.read_text())
    ]
    assert sizes == [LARGEST_BODY, LARGEST_OPEN, LARGEST_BATCH]
