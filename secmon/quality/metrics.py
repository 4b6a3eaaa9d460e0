"""How good the policy is, as Prometheus gauges: of the latest four weeks that the worker has counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import structlog
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.quality.report import latest

log = structlog.get_logger(__name__)


class QualityCollector(Collector):
    """Reads four rows at each scrape; nothing is counted then."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        try:
            with self._database.work(SYSTEM, write=False) as work:
                found = latest(work)
        except (SQLAlchemyError, psycopg.Error) as error:
            log.warning("quality_metrics_not_read", kind=type(error).__name__)
            return
        if found is not None:
            yield from _metrics(found)


def _metrics(found: Mapping[str, Any]) -> Iterator[Metric]:
    """A share that nobody knows has no value, and is not nought."""
    shares = GaugeMetricFamily(
        "secmon_policy_quality", "Shares of labelled logins, by what is told of them", labels=["share"]
    )
    told = {name: found[name] for name in ("precision", "recall", "not_let_in")}
    sample = {
        f"random_sample_{name}": found["random_sample"][name] for name in ("missed", "recall", "answered")
    }
    for name, one in (told | sample).items():
        if one["share"] is not None:
            shares.add_metric([name], one["share"])
    labels = GaugeMetricFamily(
        "secmon_policy_labels", "Labels of logins, by who said whose they were", labels=["source", "truth"]
    )
    for source, truths in found["sources"].items():
        for truth, logins in truths.items():
            labels.add_metric([source, truth], logins)
    conflicts = GaugeMetricFamily("secmon_policy_label_conflicts", "Logins with labels of two minds")
    conflicts.add_metric([], found["conflicts"])
    signals = GaugeMetricFamily(
        "secmon_policy_signal_precision", "Share of takeovers among labelled logins", labels=["signal"]
    )
    for code, one in found["signals"].items():
        signals.add_metric([code], one["precision"]["share"])
    yield from (shares, labels, conflicts, signals)
