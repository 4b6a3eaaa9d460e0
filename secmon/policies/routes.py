"""The risk policy over HTTP: the one in force, and every earlier one."""

from __future__ import annotations

from typing import Any

from flask import Response

from secmon.policies import versions
from secmon.policies.schemas import (
    PolicyQuery,
    PolicyRequest,
    PolicyResponse,
)
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.rooms.blueprint import Blueprint
from secmon.web.etag import etag, require_match, seen_by_caller
from secmon.web.operation import Answer, operation
from secmon.web.unit_of_work import unit_of_work

SCOPE = "policy:write"
DRAFT = {"document": DEFAULT_POLICY.to_document()}

blp = Blueprint(
    "risk-policy",
    __name__,
    url_prefix="/v1/risk-policy",
    description="How evidence is weighed and what follows from it.",
)


@blp.route("", methods=["GET"])
@operation(
    SCOPE,
    of_no_account=True,
    query=PolicyQuery,
    versioned=True,
    answers={200: PolicyResponse, 304: "As the caller saw it"},
    problems=("policy_version_unknown",),
    leads_to=("put_policy", "put_shadow", "request_backtest"),
)
def show_policy(query: dict[str, Any]) -> Answer:
    """The policy in force, or an older version of it; a version never changes."""
    with unit_of_work(write=False) as work:
        wanted = int(query["version"]) if "version" in query else versions.in_force(work)
        found = versions.at(work, wanted)
    headers = {"ETag": etag(found.version), "Cache-Control": "no-cache"}
    if seen_by_caller(found.version):
        return Response(status=304, headers=headers)
    return PolicyResponse.show(found), 200, headers


@blp.route("", methods=["PUT"])
@operation(
    SCOPE,
    body=PolicyRequest,
    versioned=True,
    answers={200: PolicyResponse},
    example={**DRAFT, "reason": "challenge a little earlier"},
)
def put_policy(body: dict[str, Any]) -> Answer:
    """Put another policy in force, as a new version, from the next login on."""
    with unit_of_work() as work:
        upon = versions.in_force(work)
        require_match(upon)
        found = versions.put(work, body["document"], upon, body.get("reason"))
    return PolicyResponse.show(found), 200, {"ETag": etag(found.version)}
