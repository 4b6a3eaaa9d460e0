"""The wire shapes of policies, shadow policies and backtests."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from secmon.policies.backtests import State
from secmon.risk.levels import Feature
from secmon.risk.policy_document import LARGEST_WEIGHT
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.risk.signals import SignalCode
from secmon.web.fields import Instant, Number, StrictSchema, Text

DECISIONS = ("allow", "challenge", "deny")
_WEIGHT = {"type": "number", "minimum": -LARGEST_WEIGHT, "maximum": LARGEST_WEIGHT}
_SCORE = {"type": "number", "minimum": 0, "maximum": 1}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _strings(names: Any = None) -> dict[str, Any]:
    items = {"type": "string"} if names is None else {"type": "string", "enum": [str(name) for name in names]}
    return {"type": "array", "items": items}


# What a policy document looks like. Whether it is one, `risk.policy_document` says: it checks all of it.
DOCUMENT: dict[str, Any] = {
    **_object(
        {
            "prior": _WEIGHT,
            "features": _object({str(feature): _WEIGHT for feature in Feature}),
            "signals": _object({str(code): _WEIGHT for code in SignalCode}),
            "challenge_at": _SCORE,
            "deny_at": _SCORE,
            "freeze_at": {**_SCORE, "type": ["number", "null"]},
            "limits": {"type": "object"},
            "notify": _object({"decisions": _strings(DECISIONS), "signals": _strings(SignalCode)}),
            "watched_accounts": _strings(),
            "trusted_networks": _strings(),
            "server_side_biometrics": {"type": "boolean"},
        }
    ),
    "required": ["prior", "features", "signals", "challenge_at", "deny_at"],
    "description": "Weights in log-odds, thresholds in scores; challenge_at <= deny_at <= freeze_at.",
    "example": DEFAULT_POLICY.to_document(),
}


class Document(fields.Dict):
    """A policy document; the policy itself checks what is in it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=DOCUMENT, **kwargs)


class DraftRequest(StrictSchema):
    document = Document(required=True)


class PolicyRequest(DraftRequest):
    """`reason`: why it is changed, for the audit."""

    reason = Text(longest=500, metadata={"description": "Why the policy is changed, for the audit."})


class PolicyQuery(StrictSchema):
    version = fields.String(
        validate=validate.Regexp(r"\A[0-9]{1,9}\Z", error="Must be a version number"),
        metadata={"description": "An older version; by default, the one in force."},
    )


class PolicyResponse(StrictSchema):
    version = fields.Integer(required=True)
    document = Document(required=True)
    created_at = Instant(required=True, allow_none=True)
    created_by = fields.String(required=True, allow_none=True)


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


class ShadowResponse(PolicyResponse):
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
        validate=validate.OneOf([str(state) for state in State]),
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
