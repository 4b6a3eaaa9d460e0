"""Shadow policies and backtests over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.core.errors import FieldError, Invalid
from secmon.policies.schemas import DraftRequest
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.rooms.blueprint import Blueprint
from secmon.trials import backtests, shadows
from secmon.trials.schemas import BacktestRequest, BacktestResponse, ShadowResponse
from secmon.trials.shadows import SHADOW
from secmon.web.locale import locale_or_english
from secmon.web.operation import Answer, operation
from secmon.web.replays import AS_FIRST
from secmon.web.unit_of_work import unit_of_work

SCOPE = "policy:write"
DRAFT = {"document": DEFAULT_POLICY.to_document()}

blp = Blueprint(
    "policy-trials",
    __name__,
    url_prefix="/v1/risk-policy",
    description="What another policy would do, without effect: beside the one in force, or on stored logins.",
)


@blp.route("/shadow", methods=["GET"])
@operation(SCOPE, of_no_account=True, answers={200: ShadowResponse}, problems=("no_shadow_policy",))
def show_shadow() -> Answer:
    """The shadow policy, and what it would have decided since it was set."""
    # What this process has compared and not stored yet belongs into the answer.
    SHADOW.chosen().store()
    with unit_of_work(write=False) as work:
        return ShadowResponse.show(shadows.show(work, locale_or_english()))


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
        return ShadowResponse.show(shadows.put(work, body["document"], locale_or_english()))


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
        queued = _backtest(backtests.request(work, body["document"], wanted, locale_or_english()))
    return queued, 202, {"Location": f"{blp.url_prefix}/backtest/{queued['backtest_id']}"}


@blp.route("/backtest/<uuid:backtest_id>", methods=["GET"])
@operation(SCOPE, of_no_account=True, answers={200: BacktestResponse}, problems=("backtest_unknown",))
def show_backtest(backtest_id: uuid.UUID) -> Answer:
    """How far a backtest is, and what it has found by now."""
    with unit_of_work(write=False) as work:
        return _backtest(backtests.show(work, backtest_id, locale_or_english()))


def _backtest(shown: backtests.ShownBacktest) -> dict[str, Any]:
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
