"""The risk policy over HTTP: the one in force, and every earlier one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from secmon.policies import budgets, versions
from secmon.policies.budgets import SAMPLING
from secmon.policies.schemas import (
    PolicyQuery,
    PolicyRequest,
    PolicyResponse,
)
from secmon.risk.shipped import measured
from secmon.rooms.blueprint import Blueprint
from secmon.web.etag import etag, require_match, seen_by_caller
from secmon.web.operation import Answer, operation
from secmon.web.unit_of_work import unit_of_work

SCOPE = "policy:write"

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
    return _shown(found), 200, headers


@blp.route("", methods=["PUT"])
@operation(
    SCOPE,
    body=PolicyRequest,
    versioned=True,
    answers={200: PolicyResponse},
    problems=("too_few_logins", "budget_out_of_reach"),
    example={"preset": "strict", "reason": "a wave of takeovers"},
)
def put_policy(body: dict[str, Any]) -> Answer:
    """Put another policy in force, as a new version, from the next login on.

    A document, a shipped policy by its name, or a threshold for a budget of challenges: one of the three.
    """
    budget = _budget(body["challenge_budget"]) if "challenge_budget" in body else None
    reason = body.get("reason")
    with unit_of_work() as work:
        upon = versions.in_force(work)
        require_match(upon)
        if budget is not None:
            found = versions.put_threshold(work, budget, upon, reason)
        elif "preset" in body:
            found = versions.put_preset(work, body["preset"], upon, reason)
        else:
            found = versions.put(work, body["document"], upon, reason)
    return _shown(found), 200, {"ETag": etag(found.version)}


def _budget(share: float) -> dict[str, Any]:
    """Read beside the change: nobody who logs in waits for it. Another version since is 412."""
    with unit_of_work(write=False) as work:
        require_match(versions.in_force(work))
        return budgets.found(work, share, SAMPLING.chosen())


def _shown(found: versions.Version) -> dict[str, Any]:
    return PolicyResponse.show(
        {**asdict(found), "preset_current": found.preset_current, "presets": measured()}
    )
