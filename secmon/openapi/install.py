"""Publishes the document and the pages that belong to it."""

from __future__ import annotations

from flask import Flask

from secmon.openapi import docs_page, problem_pages
from secmon.openapi.catalogue import catalogue
from secmon.openapi.document import Document, rendered

BLUEPRINTS = (docs_page.blp, problem_pages.blp)


def install(app: Flask, document: Document) -> None:
    """Renders the document once, for all who ask; after every domain has been imported with its errors."""
    app.extensions["secmon.problems"] = catalogue()
    app.extensions["secmon.openapi_json"] = rendered(document).encode()
