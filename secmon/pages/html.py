"""Owners' pages: escaped by default, no script, and a policy under which only their own style works (R27)."""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Any

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

HTML = "text/html"


def page(template: str, status: int, **shown: Any) -> Response:
    """A page as it is sent, made for this one answer; `template` is a file of `templates/`."""
    nonce = secrets.token_urlsafe(16)
    rendered = _environment().get_template(template).render(nonce=nonce, **shown)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return Response(rendered, status, headers, content_type=f"{HTML}; charset=utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("secmon.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
