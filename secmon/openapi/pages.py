"""The pages that people read: the API documentation with its files, and one page for each problem code.

Pages are made on the server, escaped by default, each under the policy that it needs and no more. Of the
files of Swagger UI `vendored.json` beside them says where they come from and what they hash to;
`tools/vendor.py` fetches and checks them.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from flask import Flask, Response, request
from jinja2 import Environment, PackageLoader, StrictUndefined
from marshmallow import fields

from secmon.core.errors import NotFound
from secmon.openapi.document import RENDERED, Document, rendered
from secmon.openapi.problems import CATALOGUE, catalogue
from secmon.rooms.blueprint import Blueprint
from secmon.web.body import JSON_TYPE
from secmon.web.fields import StrictSchema
from secmon.web.operation import OPEN, Answer, operation

HTML = "text/html"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

documentation = Blueprint(
    "documentation", __name__, description="This document, and the pages that explain it."
)

# Nothing runs and nothing is asked but what comes from here; the style sheet's pictures are data: URLs.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def render(template: str, **shown: Any) -> bytes:
    """A page as it is sent; `template` is a file of `templates/`."""
    return _environment().get_template(template).render(style=style(), **shown).encode()


def page(rendered: bytes, policy: str) -> Response:
    """The page under a Content Security Policy."""
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
    return Response(rendered, headers=headers, content_type=f"{HTML}; charset=utf-8")


@lru_cache(maxsize=1)
def plain() -> str:
    """The policy under which nothing but our own style sheet has any effect."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@lru_cache(maxsize=1)
def style() -> str:
    """The style sheet; it holds no character that means anything in HTML."""
    return files("secmon.openapi").joinpath("templates/style.css").read_text("utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("secmon.openapi"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent; `gzipped` is a quarter of it, for phones."""

    name: str
    content_type: str
    content: bytes
    gzipped: bytes
    sha256: str
    integrity: str  # What a browser holds it to (W3C Subresource Integrity).


@cache
def assets() -> Mapping[str, Asset]:
    """All of them by name, read when somebody first reads the documentation."""
    return {asset.name: asset for asset in _read()}


def _read() -> Iterator[Asset]:
    for file in files("secmon.openapi").joinpath("static").iterdir():
        content_type = TYPES.get(file.name[file.name.rfind(".") :])
        if content_type is not None:
            content = file.read_bytes()
            yield Asset(
                name=file.name,
                content_type=content_type,
                content=content,
                gzipped=gzip.compress(content, mtime=0),
                sha256=hashlib.sha256(content).hexdigest(),
                integrity=integrity(content),
            )


def integrity(content: bytes) -> str:
    """The digest as it stands in an `integrity` attribute."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


@documentation.route("/docs")
@operation(OPEN, answers={200: "The API documentation."}, answers_with=(HTML,))
def docs() -> Answer:
    """The API documentation as a page."""
    return page(render("docs.html", assets=assets()), POLICY)


@documentation.route("/docs/<name>")
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


@documentation.route("/openapi.json")
@operation(OPEN, answers={200: "The OpenAPI 3.1 document of this service."}, answers_with=(JSON_TYPE,))
def openapi_json() -> Answer:
    """The OpenAPI document itself."""
    rendered = RENDERED.chosen()
    return Response(rendered, content_type=JSON_TYPE, headers={"Cache-Control": "no-cache"})


problems = Blueprint(
    "problems", __name__, url_prefix="/problems", description="What each problem code means."
)


class ProblemExplained(StrictSchema):
    code = fields.String(required=True)
    status = fields.Integer(required=True)
    title = fields.String(required=True)
    meaning = fields.String(required=True)
    advice = fields.String(required=True)


class ProblemList(StrictSchema):
    items = fields.List(fields.Nested(ProblemExplained), required=True)


@problems.route("")
@operation(OPEN, answers={200: ProblemList}, answers_with=(HTML,), leads_to=("explain_problem",))
def list_problems() -> Answer:
    """All problem codes."""
    known = CATALOGUE.chosen()
    if _wants_json():
        return {"items": [asdict(problem) for problem in known.values()]}
    return page(render("problems.html", problems=known.values()), plain())


@problems.route("/<code>")
@operation(OPEN, answers={200: ProblemExplained}, answers_with=(HTML,), problems=("not_found",))
def explain_problem(code: str) -> Answer:
    """One problem code: what it means and what to do."""
    problem = CATALOGUE.chosen().get(code)
    if problem is None:
        raise NotFound
    if _wants_json():
        return asdict(problem)
    return page(render("problem.html", problem=problem), plain())


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match([HTML, JSON_TYPE]) == JSON_TYPE


def install(app: Flask, document: Document) -> None:
    """Renders the document once, for all who ask; after every domain has been imported with its errors."""
    CATALOGUE.put(app, catalogue())
    RENDERED.put(app, rendered(document).encode())
