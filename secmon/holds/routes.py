"""Holds over HTTP: what is held of an account, and by which rules that begins."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from secmon.holds import service, versions
from secmon.holds.rules import DEFAULT_PRESET
from secmon.holds.schemas import HoldPage, HoldQuery, RulesQuery, RulesRequest, RulesResponse
from secmon.holds.shown import shown
from secmon.rooms.blueprint import Blueprint
from secmon.web.etag import etag, require_match, seen_by_caller
from secmon.web.locale import locale_or_english
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.unit_of_work import unit_of_work

SCOPE = "policy:write"

blp = Blueprint(
    "holds",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>/holds",
    description="What an account may not do for a while, why, and what lifts it.",
)
rules_blp = Blueprint(
    "hold-rules",
    __name__,
    url_prefix="/v1/hold-rules",
    description="What begins a hold, for how long, and up to which cap.",
)


@blp.route("", methods=["GET"])
@operation(
    "accounts:read",
    query=HoldQuery,
    pages=True,
    answers={200: HoldPage},
    problems=("account_unknown",),
)
def list_holds(account_id: str, query: dict[str, Any]) -> Answer:
    """What is held of the account, newest first."""
    ended = query.get("ended") == "true"
    with unit_of_work(write=False) as work:
        found, next_cursor = service.listed(work, account_id, page_request(uuid.UUID), ended=ended)
    locale = locale_or_english()
    return HoldPage.show({"items": [shown(hold, locale) for hold in found], "next_cursor": next_cursor})


@rules_blp.route("", methods=["GET"])
@operation(
    SCOPE,
    of_no_account=True,
    query=RulesQuery,
    versioned=True,
    answers={200: RulesResponse, 304: "As the caller saw it"},
    problems=("hold_rules_version_unknown",),
    leads_to=("put_hold_rules",),
)
def show_hold_rules(query: dict[str, Any]) -> Answer:
    """The rules in force, or an older version of them; a version never changes."""
    with unit_of_work(write=False) as work:
        found = versions.at(work, int(query["version"])) if "version" in query else versions.in_force(work)
    headers = {"ETag": etag(found.version), "Cache-Control": "no-cache"}
    if seen_by_caller(found.version):
        return Response(status=304, headers=headers)
    return RulesResponse.show(found), 200, headers


@rules_blp.route("", methods=["PUT"])
@operation(
    SCOPE,
    body=RulesRequest,
    versioned=True,
    answers={200: RulesResponse},
    example={"preset": DEFAULT_PRESET, "reason": "as shipped"},
)
def put_hold_rules(body: dict[str, Any]) -> Answer:
    """Put other rules in force: a shipped document by its name, or your own. What holds already stays."""
    with unit_of_work() as work:
        upon = versions.in_force(work).version
        require_match(upon)
        found = versions.put(
            work, upon, name=body.get("preset"), document=body.get("document"), reason=body.get("reason")
        )
    return RulesResponse.show(found), 200, {"ETag": etag(found.version)}
