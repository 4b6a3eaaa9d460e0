"""The risk policy over HTTP: in force, in the shadow, and on trial."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, current_app

from secmon.core.errors import FieldError, Invalid
from secmon.policies import backtests, shadows, versions
from secmon.policies.schemas import (
    BacktestRequest,
    BacktestResponse,
    DraftRequest,
    PolicyQuery,
    PolicyRequest,
    PolicyResponse,
    ShadowResponse,
)
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.web.blueprint import Blueprint
from secmon.web.etag import etag, require_match, seen_by_caller
from secmon.web.locale import wished_locale
from secmon.web.operation import Answer, operation
from secmon.web.replays import AS_FIRST
from secmon.web.unit_of_work import unit_of_work

SCOPE = "policy:write"
DRAFT = {"document": DEFAULT_POLICY.to_document()}

blp = Blueprint(
    "risk-policy",
    __name__,
    url_prefix="/v1/risk-policy",
    description="How evidence is weighed and what follows from it; what another policy would do.",
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


@blp.route("/shadow", methods=["GET"])
@operation(SCOPE, of_no_account=True, answers={200: ShadowResponse}, problems=("no_shadow_policy",))
def show_shadow() -> Answer:
    """The shadow policy, and what it would have decided since it was set."""
    # What this process has compared and not stored yet belongs into the answer.
    current_app.extensions["secmon.shadow"].store()
    with unit_of_work(write=False) as work:
        return ShadowResponse.show(shadows.show(work, _locale()))


@blp.route("/shadow", methods=["PUT"])
@operation(
    SCOPE,
    body=DraftRequest,
    answers={200: ShadowResponse},
    problems=("shadow_policy_taken",),
    example=DRAFT,
    leads_to=("show_shadow", "end_shadow"),
)
def put_shadow(body: dict[str, Any]) -> Answer:
    """Judge another policy beside the one in force, without effect; one at a time."""
    with unit_of_work() as work:
        return ShadowResponse.show(shadows.put(work, body["document"], _locale()))


@blp.route("/shadow", methods=["DELETE"])
@operation(SCOPE, answers={204: "Ended"}, problems=("no_shadow_policy",))
def end_shadow() -> Answer:
    """End the shadow policy, and forget what was found of it."""
    with unit_of_work() as work:
        shadows.end(work)
    return None, 204


@blp.route("/backtest", methods=["POST"])
@operation(
    SCOPE,
    body=BacktestRequest,
    answers={202: BacktestResponse},
    example={**DRAFT, "since": "2026-10-01T00:00:00Z", "sample": 0.1},
    creates=AS_FIRST,
    leads_to=("show_backtest",),
)
def request_backtest(body: dict[str, Any]) -> Answer:
    """Judge the stored logins again under a draft; the worker does it, the answer says where to look."""
    wanted = backtests.Wanted(body.get("since"), body.get("until"), body.get("sample", 1.0))
    if wanted.since and wanted.until and wanted.since >= wanted.until:
        raise Invalid(errors=(FieldError("/until", "Is not after since"),))
    with unit_of_work() as work:
        queued = _backtest(backtests.request(work, body["document"], wanted, _locale()))
    return queued, 202, {"Location": f"{blp.url_prefix}/backtest/{queued['backtest_id']}"}


@blp.route("/backtest/<uuid:backtest_id>", methods=["GET"])
@operation(SCOPE, of_no_account=True, answers={200: BacktestResponse}, problems=("backtest_unknown",))
def show_backtest(backtest_id: uuid.UUID) -> Answer:
    """How far a backtest is, and what it has found by now."""
    with unit_of_work(write=False) as work:
        return _backtest(backtests.show(work, backtest_id, _locale()))


def _backtest(shown: backtests.Shown) -> dict[str, Any]:
    names = ("backtest_id", "state", "policy_version", "since", "until", "sample", "created_at", "created_by")
    backtest = shown.backtest
    return BacktestResponse.show(
        {
            **{name: getattr(backtest, name) for name in (*names, "finished_at")},
            "progress": {
                "accounts_done": backtest.accounts_done,
                "accounts_total": backtest.accounts_total,
            },
            "result": shown.result,
        }
    )


def _locale() -> str:
    """The reasons are for the staff, whose language is what their browser says."""
    return wished_locale() or "en"
