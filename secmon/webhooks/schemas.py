"""What webhook endpoints and deliveries look like over HTTP."""

from __future__ import annotations

from marshmallow import fields, validate

from secmon.outbox.kinds import DeliveryState, Kind
from secmon.web.fields import Choice, Flag, Instant, StrictSchema, Text, Whole
from secmon.webhooks.models import OffReason
from secmon.webhooks.urls import LONGEST_URL, URL_PATTERN

_IS_URL = {"pattern": URL_PATTERN, "description": "Where messages are sent to; https, as a rule."}


def _events(**options: object) -> fields.List[str]:
    return fields.List(Choice(Kind), validate=validate.Length(min=1, max=len(Kind)), **options)  # type: ignore[arg-type]


class EndpointRequest(StrictSchema):
    url = Text(longest=LONGEST_URL, required=True, metadata=_IS_URL)
    events = _events(required=True)


class EndpointChange(StrictSchema):
    url = Text(longest=LONGEST_URL, metadata=_IS_URL)
    events = _events()
    enabled = Flag(metadata={"description": "Whether messages are to be sent to it."})


class EndpointResponse(StrictSchema):
    endpoint_id = fields.UUID(required=True)
    url = fields.String(required=True)
    events = fields.List(Choice(Kind), required=True)
    enabled = Flag(required=True, metadata={"description": "Whether messages are sent to it."})
    disabled_at = Instant(required=True, allow_none=True)
    disabled_reason = Choice(
        OffReason,
        required=True,
        allow_none=True,
        metadata={"description": "gone: the receiver answered 410"},
    )
    former_secret_until = Instant(
        required=True,
        allow_none=True,
        metadata={
            "description": "Until then messages are signed with the secret before the last rotation too"
        },
    )
    created_at = Instant(required=True)


class EndpointSecretResponse(EndpointResponse):
    secret = fields.String(required=True, metadata={"description": "Shown once, and never again"})


class EndpointPage(StrictSchema):
    items = fields.List(fields.Nested(EndpointResponse), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DeliveryResponse(StrictSchema):
    delivery_id = fields.UUID(required=True, metadata={"description": "What the receiver got as webhook-id"})
    account_id = fields.String(required=True)
    type = Choice(Kind, required=True)
    owed_at = Instant(required=True)
    state = Choice(DeliveryState, required=True, metadata={"description": "How far the delivery is."})
    attempts = Whole(required=True)
    last_attempt_at = Instant(required=True, allow_none=True)
    last_status = Whole(required=True, allow_none=True)
    last_error = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "In general words: addresses and the rest are in the worker's log"},
    )
    next_attempt_at = Instant(required=True, allow_none=True)


class DeliveryQuery(StrictSchema):
    state = Choice(DeliveryState, metadata={"description": "Deliveries that are this far only."})


class DeliveryPage(StrictSchema):
    items = fields.List(fields.Nested(DeliveryResponse), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Redriven(StrictSchema):
    redriven = Whole(required=True, metadata={"description": "How many dead deliveries begin again"})
