"""The wire shapes of policies."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from secmon.policies.budgets import LARGEST_BUDGET, SMALLEST_BUDGET
from secmon.risk.levels import Feature
from secmon.risk.policy_document import LARGEST_SAMPLE, LARGEST_WEIGHT
from secmon.risk.shipped import DEFAULT_POLICY, SHIPPED_NAMES
from secmon.risk.signals import SignalCode
from secmon.web.fields import Choice, Instant, Number, StrictSchema, Text

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
                **_object(
                    {
                        "decisions": _strings(DECISIONS),
                        "signals": _strings(SignalCode),
                        "sample": {"type": "number", "minimum": 0, "maximum": LARGEST_SAMPLE},
                    }
                ),
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


class Shares(fields.Dict):
    """Shares from 0 to 1, by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=fields.String(), values=fields.Float(), **kwargs)


class DraftRequest(StrictSchema):
    document = Document(required=True)


CHOICES = ("document", "preset", "challenge_budget")


class PolicyRequest(StrictSchema):
    """One of `document`, `preset` and `challenge_budget`; and `reason`, for the audit."""

    document = Document()
    preset = Choice(
        SHIPPED_NAMES,
        metadata={
            "description": "A policy that ships: its weights, thresholds and limits. What is the operator's"
            " own (`notify`, `watched_accounts`, `trusted_networks`, `freeze_at`,"
            " `server_side_biometrics`, `phone_codes`) stays."
        },
    )
    challenge_budget = Number(
        validate=validate.Range(SMALLEST_BUDGET, LARGEST_BUDGET),
        metadata={
            "description": "The share of logins that may be challenged: sets `challenge_at` from the last 30"
            " days of logins under the weights in force. All else stays."
        },
    )
    reason = Text(longest=500, metadata={"description": "Why the policy is changed, for the audit."})

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        sent = [name for name in CHOICES if name in data]
        if not sent:
            raise ValidationError("Send document, preset or challenge_budget", "document")
        if len(sent) > 1:
            raise ValidationError({name: [f"Cannot be sent with {sent[0]}"] for name in sent[1:]})


class PolicyQuery(StrictSchema):
    version = fields.String(
        validate=validate.Regexp(r"\A[0-9]{1,9}\Z", error="Must be a version number"),
        metadata={"description": "An older version; by default, the one in force."},
    )


class VersionResponse(StrictSchema):
    version = fields.Integer(required=True)
    document = Document(required=True)
    created_at = Instant(required=True, allow_none=True)
    created_by = fields.String(required=True, allow_none=True)


class CostResponse(StrictSchema):
    """Shares challenged under the threshold that stood, and under the new one; null: no such login."""

    logins = fields.Integer(required=True)
    before = fields.Float(required=True, allow_none=True)
    after = fields.Float(required=True, allow_none=True)


class BudgetResponse(StrictSchema):
    """How a threshold was found, once, when it was asked for.

    `logins` of the period were looked at, `sampled` being the share of its time; `left_out` of them were
    denied or failed their challenge, and are nobody's cost.
    """

    challenge_budget = fields.Float(required=True)
    challenge_at = fields.Float(required=True)
    since = fields.String(required=True)
    until = fields.String(required=True)
    logins = fields.Integer(required=True)
    sampled = fields.Float(required=True)
    left_out = fields.Integer(required=True)
    challenged = fields.Nested(CostResponse, required=True)
    owners = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(CostResponse),
        required=True,
        metadata={"description": "Who pays: new_phone, reinstall, travel, vpn, others. One may be several."},
    )
    history = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(CostResponse),
        required=True,
        metadata={"description": "The same, by how many earlier logins of the account are kept."},
    )
    caught = Shares(
        required=True,
        allow_none=True,
        metadata={
            "description": "The share of simulated attacks that is caught at this threshold, by kind; null"
            " where the weights are no shipped policy's: nobody has measured them."
        },
    )


class MeasuredResponse(StrictSchema):
    """What a shipped policy catches and costs on simulated wallets."""

    caught = Shares(
        required=True, metadata={"description": "Shares of attacks challenged or denied, by kind."}
    )
    challenged = Shares(
        required=True,
        metadata={"description": "Shares of honest logins challenged, by kind; all: natural mix."},
    )


class PresetsResponse(StrictSchema):
    """The policies that ship with this release, on `wallets` simulated ones of so many `accounts`."""

    wallets = fields.Integer(required=True)
    accounts = fields.Integer(required=True)
    seeds = fields.List(fields.Integer(), required=True)
    policies = fields.Dict(keys=fields.String(), values=fields.Nested(MeasuredResponse), required=True)


class PolicyResponse(VersionResponse):
    preset = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The shipped policy that it was made from by name; null: an own document."},
    )
    preset_current = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={
            "description": "Whether it judges as what this release ships under that name. False: another"
            " release did; put the preset again to have this one's."
        },
    )
    budget = fields.Nested(
        BudgetResponse,
        required=True,
        allow_none=True,
        metadata={"description": "The basis of its threshold, where that was taken from a budget."},
    )
    presets = fields.Nested(
        PresetsResponse, required=True, metadata={"description": "What could be chosen by name, measured."}
    )
