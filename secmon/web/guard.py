"""Deny by default: an application with a route that names no scope does not start."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter

from secmon.web.fields import IDENTIFIER
from secmon.web.operation import Operation, Route


class UnguardedRoute(Exception):
    """A route was registered without `@operation`."""


class IdentifierConverter(BaseConverter):
    """`<identifier:account_id>`: what is no identifier is an unknown path, hence 404."""

    regex = IDENTIFIER.pattern
    part_isolating = True


def operations(app: Flask) -> dict[str, Operation]:
    """Each endpoint's declaration; raises `UnguardedRoute` where one is missing."""
    declared = {}
    for endpoint, view in app.view_functions.items():
        if not isinstance(view, Route):
            raise UnguardedRoute(endpoint)
        declared[endpoint] = view.declared
    return declared
