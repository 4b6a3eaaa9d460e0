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
