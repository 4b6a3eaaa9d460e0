"""The wire shapes of policies."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from secmon.risk.levels import Feature
from secmon.risk.policy_document import LARGEST_WEIGHT
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.risk.signals import SignalCode
from secmon.web.fields import Instant, StrictSchema, Text

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
    "title": "RiskPolicy",
    **_object(
        {
            "prior": {
                **_WEIGHT,
                "description": "The log-odds of a login of which nothing speaks either way.",
            },
            "features": {
                **_object({str(feature): _WEIGHT for feature in Feature}),
                "description": "How much each habit of the account counts.",
            },
            "signals": {
                **_object({str(code): _WEIGHT for code in SignalCode}),
                "description": "What each signal adds to the log-odds.",
            },
            "challenge_at": {**_SCORE, "description": "From this score on, a login is challenged."},
            "deny_at": {**_SCORE, "description": "From this score on, it is denied."},
            "freeze_at": {
                **_SCORE,
                "type": ["number", "null"],
                "description": "From this score on, the account is frozen; null: never by a score.",
            },
            "limits": {"type": "object", "description": "Windows and counts that the signals go by."},
            "notify": {
                **_object({"decisions": _strings(DECISIONS), "signals": _strings(SignalCode)}),
                "description": "Of which logins the owner is told.",
            },
            "watched_accounts": {**_strings(), "description": "Accounts that are judged more strictly."},
            "trusted_networks": {
                **_strings(),
                "description": "CIDR blocks from which no network is held against a login.",
            },
            "phone_codes": {
                "type": "boolean",
                "description": "Whether codes by `sms` and `tel` prove; true where nothing is said.",
            },
            "server_side_biometrics": {
                "type": "boolean",
                "description": "Whether `face` and `fpt` are checked by a server and so prove.",
            },
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
