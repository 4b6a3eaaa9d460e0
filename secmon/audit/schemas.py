"""The audit as it is asked for and shown."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from secmon.web.fields import Identifier, Instant, StrictSchema, Text


class AuditQuery(StrictSchema):
    account_id = Identifier(metadata={"description": "Entries of this account only."})
    actor = Text(longest=128, metadata={"description": "What this client or part of the service did."})
    action = Text(longest=64, metadata={"description": "Entries of this kind only: `account.frozen`."})
    since = Instant(metadata={"description": "Entries from then on."})


class OfEntry(fields.Nested):
    """A part that is no object of its own: its members are columns of the entry."""

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        return obj


class Actor(StrictSchema):
    id = fields.String(attribute="actor_id", required=True)
    kind = fields.String(
        attribute="actor_kind",
        required=True,
        metadata={"description": "A service, a person of the staff, the owner, or the service itself."},
    )
    name = fields.String(attribute="actor_name", required=True)


class AuditEntryResponse(StrictSchema):
    account_id = fields.String(required=True, allow_none=True)
    sequence = fields.Integer(required=True)
    occurred_at = Instant(required=True)
    action = fields.String(required=True, metadata={"description": "What was done."})
    actor = OfEntry(Actor, required=True)
    address = fields.String(required=True, allow_none=True)
    subject = fields.String(
        required=True, allow_none=True, metadata={"description": "What it was done to, beside the account."}
    )
    personal = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "An owner's `address`, a device as `subject`: gone after an erasure"},
    )
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "Why, in the words of whoever did it."}
    )
    reason_digest = fields.String(
        required=True, allow_none=True, metadata={"description": "What the chain holds of the two, hex"}
    )
    facts = fields.Dict(keys=fields.String(), required=True)
    previous_hash = fields.String(required=True)
    hash = fields.String(required=True)


class AuditPage(StrictSchema):
    items = fields.List(fields.Nested(AuditEntryResponse), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
