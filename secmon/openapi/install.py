"""Publishes the document and the pages that belong to it."""

from __future__ import annotations

from flask import Flask

from secmon.openapi.catalogue import CATALOGUE, catalogue
from secmon.openapi.document import RENDERED, Document, rendered


def install(app: Flask, document: Document) -> None:
    """Renders the document once, for all who ask; after every domain has been imported with its errors."""
    CATALOGUE.put(app, catalogue())
    RENDERED.put(app, rendered(document).encode())
