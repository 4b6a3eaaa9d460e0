"""The wire shapes of shadow policies and backtests."""

from __future__ import annotations

from marshmallow import fields, validate

from secmon.policies.schemas import DECISIONS, DraftRequest, VersionResponse
from secmon.trials.backtests import BacktestState
from secmon.web.fields import Instant, Number, StrictSchema


class BacktestRequest(DraftRequest):
    """Logins from `since` on and before `until`, of the share `sample` of all accounts."""

    since = Instant(
        allow_none=True, metadata={"description": "Logins from then on; by default, all that are kept."}
    )
    until = Instant(allow_none=True, metadata={"description": "Logins before then."})
    sample = Number(
        validate=validate.Range(0, 1, min_inclusive=False),
        metadata={"description": "The share of all accounts that is looked at; by default, all of them."},
    )


class Decisions(StrictSchema):
    """How many logins were decided how."""

    allow = fields.Integer(required=True)
    challenge = fields.Integer(required=True)
    deny = fields.Integer(required=True)


class ReasonResponse(StrictSchema):
    code = fields.String(required=True, metadata={"description": "The evidence, in a word."})
    weight = fields.Float(required=True)
    detail = fields.String(required=True)


class JudgedResponse(StrictSchema):
    """One login under one policy."""

    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    score = fields.Float(required=True)
    signals = fields.List(fields.Nested(ReasonResponse), required=True)


class ExampleResponse(StrictSchema):
    account_id = fields.String(required=True)
    event_id = fields.String(required=True)
    occurred_at = Instant(required=True)
    before = fields.Nested(JudgedResponse, required=True)
    after = fields.Nested(JudgedResponse, required=True)


class DecisionChangeResponse(StrictSchema):
    before = fields.String(
        required=True,
        validate=validate.OneOf(DECISIONS),
        metadata={"description": "The decision under the policy in force."},
    )
    after = fields.String(
        required=True,
        validate=validate.OneOf(DECISIONS),
        metadata={"description": "The decision under the other policy."},
    )
    logins = fields.Integer(required=True)


class ResultResponse(StrictSchema):
    """`before`: under the policy in force; `after`: under the other one."""

    logins = fields.Integer(required=True)
    before = fields.Nested(Decisions, required=True)
    after = fields.Nested(Decisions, required=True)
    changed = fields.List(fields.Nested(DecisionChangeResponse), required=True)
    examples = fields.List(fields.Nested(ExampleResponse), required=True)


class ShadowResponse(VersionResponse):
    """`result` counts the logins since the shadow policy was set."""

    result = fields.Nested(ResultResponse, required=True)


class ProgressResponse(StrictSchema):
    """`accounts_total` is there once a worker has begun, and left out where there are over a million."""

    accounts_done = fields.Integer(required=True)
    accounts_total = fields.Integer(required=True, allow_none=True)


class BacktestResponse(StrictSchema):
    """`result` grows while the backtest runs."""

    backtest_id = fields.UUID(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf([str(state) for state in BacktestState]),
        metadata={"description": "How far the backtest is."},
    )
    policy_version = fields.Integer(required=True)
    since = Instant(required=True, allow_none=True)
    until = Instant(required=True, allow_none=True)
    sample = fields.Float(required=True)
    created_at = Instant(required=True)
    created_by = fields.String(required=True)
    finished_at = Instant(required=True, allow_none=True)
    progress = fields.Nested(ProgressResponse, required=True)
    result = fields.Nested(ResultResponse, required=True)
