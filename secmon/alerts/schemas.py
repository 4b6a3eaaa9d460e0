"""Alerts as they are shown and answered."""

from __future__ import annotations

from marshmallow import fields

from secmon.alerts.answering import Answer
from secmon.cases.states import CaseStatus
from secmon.web.fields import Choice, Instant, StrictSchema
from secmon.web.install_fields import DeviceReference


class AlertResponse(StrictSchema):
    """A suspicious login, and what its owner says of it."""

    alert_id = fields.UUID(required=True)
    account_id = fields.String(required=True)
    event_id = fields.String(required=True)
    device_id = DeviceReference(required=True, attribute="device_key")
    device_label = fields.String(required=True)
    ip = fields.String(required=True)
    country = fields.String(required=True, allow_none=True)
    city = fields.String(required=True, allow_none=True)
    decision = fields.String(required=True, metadata={"description": "What was decided of the login."})
    occurred_at = Instant(required=True)
    raised_at = Instant(required=True)
    answer = Choice(Answer, required=True, allow_none=True)
    answered_at = Instant(required=True, allow_none=True)
    vouched = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={
            "description": "Whether `was_me` made the device trusted and the login usual. `false`: the alert "
            "rests, and the login still has to be proven. `null`: not answered, or before this was noted"
        },
    )
    closed_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When a theft was ended before anybody answered: nobody can any more"},
    )
    case_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The case that `not_me` opened or joined"}
    )


class AlertCase(StrictSchema):
    case_id = fields.UUID(required=True)
    reference = fields.String(
        required=True, metadata={"description": "What the owner names to the support team"}
    )
    status = Choice(CaseStatus, required=True)


class AlertInFull(AlertResponse):
    """With the case that `not_me` opened or joined, to be shown to the owner."""

    case = fields.Nested(AlertCase, required=True, allow_none=True)


class AlertPage(StrictSchema):
    items = fields.List(fields.Nested(AlertResponse), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AnswerRequest(StrictSchema):
    answer = Choice(Answer, required=True)
    case_id = fields.UUID(
        metadata={"description": "With `was_me`, of staff: the case on which the identity was checked"}
    )
