"""A flask-smorest blueprint that documents routes from their `@operation` declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flask_smorest

from secmon.web.documentation import operation_object
from secmon.web.operation import Route


class Blueprint(flask_smorest.Blueprint):
    """Routes are declared once, by `@operation`; the OpenAPI document says the same."""

    def route(self, rule: str, *, methods: Sequence[str] = ("GET",)) -> Callable[[Route], Route]:
        """Puts an `@operation` at `rule`."""

        def register(route: Route) -> Route:
            described = operation_object(route.declared, methods[0])
            # Where flask-smorest's own decorators leave what they know of a view.
            route._apidoc = {"manual_doc": {"operationId": route.__name__, **described}}
            self.add_url_rule(rule, route.__name__, route, methods=methods)
            return route

        return register
