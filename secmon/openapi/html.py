"""Pages made on the server: escaped by default, each under the policy that it needs and no more."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

HTML = "text/html"


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
