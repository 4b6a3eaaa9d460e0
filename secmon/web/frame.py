"""What surrounds every route, put around an application in the one order that works."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Blueprint, Flask

from secmon.database.engine import Database
from secmon.settings.environment import Settings
from secmon.web import guard, limits, problems, request_context
from secmon.web.idempotency import KEYS
from secmon.web.unit_of_work import DATABASE

LARGEST_BODY = 1024 * 1024


def install(app: Flask, settings: Settings, database: Database, observe: Callable[[], None]) -> None:
    """Before any blueprint is registered. `observe` puts around it what looks at every request."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    # Without a view of ours behind it, OPTIONS is one more method that does not work here.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.converters["identifier"] = guard.IdentifierConverter
    DATABASE.put(app, database)
    KEYS.put(app, settings.keys)
    # Flask runs what comes first last on the way out: the log line sees the answer as it leaves.
    request_context.install(app, settings.trusted_proxies)
    observe()
    limits.install(app, settings)


def publish(app: Flask, blueprints: Iterable[Blueprint]) -> None:
    """Registers the routes; one without a scope does not start. Raises `guard.UnguardedRoute`."""
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    problems.install(app)
    guard.operations(app)
