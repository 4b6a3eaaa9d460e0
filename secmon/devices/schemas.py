"""The wire shapes of devices."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from secmon.web.fields import ONE_LINE, Flag, Instant, StrictSchema, Text
from secmon.web.install_fields import DeviceReference


class DeviceChange(StrictSchema):
    """What may be changed of a device; at least one of `label` and `trusted`."""

    label = Text(longest=80, validate=ONE_LINE)
    trusted = Flag()
    case_id = fields.UUID(
        metadata={"description": "Where staff trust: the case on which the owner's identity was checked"}
    )

    @validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if not data.keys() & {"label", "trusted"}:
            raise ValidationError("Send label, trusted or both")


class ForgetQuery(StrictSchema):
    case_id = fields.UUID(
        metadata={"description": "Where staff forget: the case on which the owner's identity was checked"}
    )


class DeviceResponse(StrictSchema):
    device_id = DeviceReference(required=True)
    label = fields.String(required=True)
    market_name = fields.String(
        allow_none=True,
        required=True,
        metadata={"description": "The name on the box, where a list has it"},
    )
    trusted = fields.Boolean(required=True)
    bound = fields.Boolean(
        required=True, metadata={"description": "Its logins have to bring its `device_proof`"}
    )
    system = fields.String(required=True)
    client = fields.String(required=True)
    first_seen_at = Instant(required=True)
    last_seen_at = Instant(required=True)


class DevicePage(StrictSchema):
    items = fields.List(fields.Nested(DeviceResponse), required=True)
    next_cursor = fields.String(allow_none=True, required=True)
