"""What operators are handed names metrics, routes and variables that exist."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from secmon.cli.settings import table

ROOT = Path(__file__).parents[2]
RULES, DASHBOARD = ROOT / "deploy" / "prometheus-rules.yaml", ROOT / "deploy" / "grafana-dashboard.json"
COMPOSE = ROOT / "docker-compose.yaml"
# What Prometheus' client adds to the name of a counter or of a histogram.
ADDED = re.compile(r"_(total|bucket|sum|count)$")
# Of the compose file alone: it makes the URL of the database from it.
COMPOSES_OWN = {"SECMON_DB_PASSWORD"}


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
