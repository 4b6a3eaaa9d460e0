"""The document, and the page that shows it: Swagger UI, kept in this package and under a strict policy."""

from __future__ import annotations

from flask import Response, request

from secmon.core.errors import NotFound
from secmon.openapi import html
from secmon.openapi.assets import TYPES, assets
from secmon.openapi.document import RENDERED
from secmon.rooms.blueprint import Blueprint
from secmon.web.body import JSON_TYPE
from secmon.web.operation import OPEN, Answer, operation

blp = Blueprint("documentation", __name__, description="This document, and the pages that explain it.")

# Nothing runs and nothing is asked but what comes from here; the style sheet's pictures are data: URLs.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blp.route("/docs")
@operation(OPEN, answers={200: "The API documentation."}, answers_with=(html.HTML,))
def docs() -> Answer:
    """The API documentation as a page."""
    return html.page(html.render("docs.html", assets=assets()), POLICY)


@blp.route("/docs/<name>")
@operation(
    OPEN,
    answers={200: "The file.", 304: "The caller has it."},
    answers_with=tuple(TYPES.values()),
    problems=("not_found",),
)
def docs_asset(name: str) -> Answer:
    """A script or style sheet of the documentation page."""
    asset = assets().get(name)
    if asset is None:
        raise NotFound
    response = Response(asset.content, content_type=asset.content_type)
    response.set_etag(asset.sha256)
    if request.accept_encodings.quality("gzip"):
        response.data = asset.gzipped
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(f"{asset.sha256}-gzip")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    response.make_conditional(request)
    return response


@blp.route("/openapi.json")
@operation(OPEN, answers={200: "The OpenAPI 3.1 document of this service."}, answers_with=(JSON_TYPE,))
def openapi_json() -> Answer:
    """The OpenAPI document itself."""
    rendered = RENDERED.chosen()
    return Response(rendered, content_type=JSON_TYPE, headers={"Cache-Control": "no-cache"})
