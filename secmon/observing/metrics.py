"""Prometheus metrics: how many requests, how they ended, how long they took; by route and never by account.

Several server processes count together in files (`count_in_files`), so that a scrape that reaches any
one of them is answered for all. Every metric has labels: its values are then made where they are counted.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from secmon.core.errors import NotFound
from secmon.observing.access_log import route_template
from secmon.rooms.blueprint import Blueprint
from secmon.web.operation import OPEN, Answer, operation
from secmon.web.parts import Part

DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Seconds; the target of a judged login is some milliseconds, the database gives up after five seconds.
BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter("secmon_http_requests", "Answered requests", ["method", "route", "status"])
LATENCY = Histogram("secmon_http_request_seconds", "Time to the answer", ["route"], buckets=BUCKETS)

blp = Blueprint("metrics", __name__, description="Prometheus metrics, for those who hold the scrape token.")


SCRAPE_TOKEN: Part[str | None] = Part("metrics_token")


COLLECTORS: Part[Sequence[Collector]] = Part("collectors")


def count_in_files(directory: Path) -> None:
    """Makes the processes that start from this one count in `directory`, which is emptied first.

    What an earlier run left there would be counted again. The library reads the variable at its
    import, which is long past when the settings are known: it is told directly as well.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for left in directory.glob("*.db"):
        left.unlink()
    os.environ[DIRECTORY_VARIABLE] = str(directory.absolute())
    values.ValueClass = values.MultiProcessValue()


def install(app: Flask, token: str | None) -> None:
    """Counts every answer of `app`; /metrics is there only where there is a `token`."""
    SCRAPE_TOKEN.put(app, token)

    def finish(response: Response) -> Response:
        route = route_template()
        count(request.method, route, response.status_code)
        _latency(route).observe(time.perf_counter() - g.started)
        return response

    app.after_request(finish)


def count(method: str, route: str, status: int) -> None:
    """Counts one answer."""
    # A caller may invent methods; a time series for each would fill the memory.
    _requests(method if method in METHODS else "other", route, status).inc()


# The library finds a metric by its labels under a lock, which takes longer than to count.
@cache
def _requests(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, status)


@cache
def _latency(route: str) -> Histogram:
    return LATENCY.labels(route)


@blp.route("/metrics")
@operation(
    OPEN,
    answers={200: "The metrics, in the text format of Prometheus."},
    answers_with=("text/plain",),
    problems=("not_found",),
)
def metrics() -> Answer:
    """Prometheus metrics of this node and of all workers.

    Send the value of `SECMON_METRICS_TOKEN` as a bearer token; without it there is nothing here.
    """
    token = SCRAPE_TOKEN.chosen()
    sent = request.headers.get("Authorization", "")
    if token is None or not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        raise NotFound
    return Response(exposed(*COLLECTORS.chosen()), content_type=CONTENT_TYPE_LATEST)


def exposed(*collectors: Collector) -> bytes:
    """All counts so far, of all processes that count together, in Prometheus' text format.

    `collectors` add what is looked up and not counted.
    """
    registry = CollectorRegistry()
    if DIRECTORY_VARIABLE in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(REGISTRY)
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry)
