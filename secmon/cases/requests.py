"""What the routes of cases share."""

from __future__ import annotations

from flask import current_app

from secmon.cases.desk import Desk


def desk() -> Desk:
    """What the composition root chose."""
    chosen: Desk = current_app.extensions["secmon.desk"]
    return chosen
