"""The wire shapes of holds and of their rules."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from secmon.accounts.gate import Action
from secmon.core.money import AMOUNT
from secmon.holds.rules import BY_RULE, DEFAULT_PRESET, LONGEST_HOURS, PRESETS, Lift, Trigger, preset
from secmon.web.fields import Choice, Flag, Instant, StrictSchema, Text

_AMOUNT = {"type": "string", "pattern": f"^(?:{AMOUNT.pattern})$"}


def _strings(names: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "enum": sorted(map(str, names))}}


_HOURS = {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST_HOURS}
_SHIPPED = preset(DEFAULT_PRESET).to_document()
# Its first clauses are enough to see what one looks like.
EXAMPLE = {**_SHIPPED, "clauses": _SHIPPED["clauses"][:2]}
# What the rules look like. Whether they are some, `holds.rules` says: it checks all of it.
DOCUMENT: dict[str, Any] = {
    "title": "HoldRules",
    "type": "object",
    "additionalProperties": False,
    "required": ["currency", "clauses"],
    "description": "What begins a hold, what it stops, for how long, up to which cap, and what lifts it.",
    "example": EXAMPLE,
    "properties": {
        "currency": {"type": "string", "description": "Of all amounts in it: ISO 4217."},
        "away": {
            "type": "object",
            "additionalProperties": False,
            "required": ["amount"],
            "properties": {"amount": _AMOUNT},
            "description": "What may go at once from a place where the owner is not known to be.",
        },
        "clauses": {
            "type": "array",
            "minItems": 1,
            "description": "Several may have one trigger.",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["trigger", "actions", "hours"],
                "properties": {
                    "trigger": {"type": "string", "enum": sorted(map(str, BY_RULE))},
                    "actions": _strings(frozenset(Action) - {Action.LOGIN}),
                    "hours": _HOURS,
                    "hours_with_others": {**_HOURS, "description": "Where something else is held already."},
                    "lifted_by": _strings(Lift),
                    "cap": {
                        "type": "object",
                        "additionalProperties": False,
                        "minProperties": 1,
                        "description": "What may go in all: a share of the balance where that is told, an "
                        "amount otherwise; `each`: at once.",
                        "properties": {"share": _AMOUNT, "amount": _AMOUNT, "each": _AMOUNT},
                    },
                },
            },
        },
    },
}


class RulesDocument(fields.Dict):
    """Rules; what is in them is checked by the rules themselves."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=DOCUMENT, **kwargs)


class RulesRequest(StrictSchema):
    """Either a shipped document by its name, or a document of one's own."""

    preset = Choice(PRESETS, metadata={"description": "The name of a shipped document."})
    document = RulesDocument()
    reason = Text(longest=500, metadata={"description": "Why the rules are changed, for the audit."})

    @validates_schema(skip_on_field_errors=True)
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if ("preset" in data) == ("document" in data):
            raise ValidationError("Send a preset or a document, and not both", "preset")


class RulesQuery(StrictSchema):
    version = fields.String(
        validate=validate.Regexp(r"\A[0-9]{1,9}\Z", error="Must be a version number"),
        metadata={"description": "An older version; by default, the one in force."},
    )


class RulesResponse(StrictSchema):
    version = fields.Integer(required=True)
    preset = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The shipped document that it is; null for one of your own."},
    )
    document = RulesDocument(required=True)
    created_at = Instant(required=True, allow_none=True)
    created_by = fields.String(required=True, allow_none=True)


class CapResponse(StrictSchema):
    share = fields.String(metadata={"description": "Of the balance, where the wallet tells it."})
    amount = fields.String(metadata={"description": "In `currency`, where it does not."})
    currency = fields.String()
    each = fields.String(metadata={"description": "The most at once."})
    keeps = Flag(metadata={"description": "It is what has to stay, not what may go."})


class RemedyResponse(StrictSchema):
    steps = fields.String(required=True, metadata={"description": "What the owner does about it."})
    papers = fields.String(required=True, metadata={"description": "What support asks the owner for."})
    lifts = fields.List(
        fields.String(), required=True, metadata={"description": "What ends it: codes, `wait` among them."}
    )


class HoldResponse(StrictSchema):
    hold_id = fields.UUID(required=True)
    trigger = Choice(Trigger, required=True, metadata={"description": "What it began with."})
    reason = fields.String(required=True, metadata={"description": "The same in words."})
    actions = fields.List(Choice(Action), required=True)
    cap = fields.Nested(
        CapResponse, required=True, allow_none=True, metadata={"description": "Up to which they may be done."}
    )
    payee = fields.String(
        required=True, allow_none=True, metadata={"description": "The payee that it is about, as a digest."}
    )
    begun_at = Instant(required=True)
    until = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When it ends by itself; null: it does not, being the owner's own."},
    )
    remedy = fields.Nested(RemedyResponse, required=True)
    ended_at = Instant(required=True, allow_none=True)
    ended_by = fields.String(
        required=True, allow_none=True, metadata={"description": "What ended it before its time."}
    )


class HoldPage(StrictSchema):
    items = fields.List(fields.Nested(HoldResponse), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class HoldQuery(StrictSchema):
    ended = Choice(("true", "false"), metadata={"description": "Show those that are over too."})
