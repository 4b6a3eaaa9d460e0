"""What surrounds every route, put around an application in the one order that works."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Flask

from secmon.core.database import Database
from secmon.settings import Settings
from secmon.web import (
    access_log,
    guard,
    health,
    limits,
    metrics,
    problems,
    ready_checks,
    receiving,
    request_context,
)

LARGEST_BODY = 1024 * 1024
OWN = (health.blp, metrics.blp)


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Before any blueprint is registered."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    # Without a view of ours behind it, OPTIONS is one more method that does not work here.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.converters["identifier"] = guard.IdentifierConverter
    app.extensions["secmon.database"] = database
    app.extensions["secmon.keys"] = settings.keys
    # Flask runs what comes first last on the way out: the log line sees the answer as it leaves.
    request_context.install(app, settings.trusted_proxies)
    if settings.access_log:
        access_log.install(app)
    metrics.install(app, settings.metrics_token)
    limits.install(app, settings)
    receiving.install(app, settings.threads)
    ready_checks.install(app, database, settings.keys)


def publish(app: Flask, blueprints: Iterable[Blueprint]) -> None:
    """Registers the routes; one without a scope does not start. Raises `guard.UnguardedRoute`."""
    for blueprint in (*blueprints, *OWN):
        app.register_blueprint(blueprint)
    problems.install(app)
    guard.operations(app)
