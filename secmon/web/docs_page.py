"""The API documentation: one page, made on the server from the OpenAPI document, that needs no other host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app

from secmon.web import html
from secmon.web.docs_view import groups
from secmon.web.openapi import blp
from secmon.web.operation import OPEN, Answer, operation

_TOKEN_REQUEST = """\
CLIENT_ID=…       # of "wallet" in var/credentials.json
CLIENT_SECRET=…
TOKEN=$(curl -s {base}/oauth/token -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials \\
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')"""


@blp.route("/docs")
@operation(OPEN, answers={200: "The API documentation."}, answers_with=(html.HTML,))
def docs() -> Answer:
    """The API documentation as a page"""
    rendered: bytes = current_app.extensions["secmon.docs_page"]
    return html.page(rendered)


def publish(app: Flask, document: Mapping[str, Any], base: str) -> None:
    """Renders the page once; `base` is the public URL that its requests are shown with."""
    app.extensions["secmon.docs_page"] = html.render(
        "docs.html",
        title=document["info"]["title"],
        version=document["info"]["version"],
        description=document["info"]["description"],
        groups=groups(document, base),
        token_request=_TOKEN_REQUEST.format(base=base),
    )
