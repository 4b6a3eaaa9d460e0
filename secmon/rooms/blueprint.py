"""Routes of one subject, with what it is about."""

from __future__ import annotations

import flask


class Blueprint(flask.Blueprint):
    """As Flask's; the OpenAPI document groups operations by it and says its description."""

    def __init__(
        self, name: str, import_name: str, *, description: str, url_prefix: str | None = None
    ) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix)
        self.description = description
