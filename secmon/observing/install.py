"""Puts around an application whatever looks at it."""

from __future__ import annotations

from flask import Flask

from secmon.database.engine import Database
from secmon.observing import access_log, health, metrics
from secmon.settings.environment import Settings


def install(app: Flask, settings: Settings, database: Database) -> None:
    """The log line and the counters of every request, and the checks of `/readyz` that no domain brings."""
    if settings.access_log:
        access_log.install(app)
    metrics.install(app, settings.metrics_token)
    health.install(app, database, settings.keys)
