"""What is sent to webhook endpoints, as the `webhooks` of the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from secmon.openapi.parts import EVENTS_TAG
from secmon.web.body import JSON_TYPE

_HEADERS = {
    "WebhookId": (
        "webhook-id",
        "Names the message, the same at every attempt: one that you know is to be ignored.",
    ),
    "WebhookTimestamp": ("webhook-timestamp", "When this attempt was made, in seconds since 1970."),
    "WebhookSignature": (
        "webhook-signature",
        "`v1,` and the base64 of an HMAC-SHA256 over id, time and body; two after a rotation.",
    ),
}
PARAMETERS: Mapping[str, dict[str, Any]] = {
    key: {
        "in": "header",
        "name": name,
        "required": True,
        "description": says,
        "schema": {"type": "string"},
    }
    for key, (name, says) in _HEADERS.items()
}
RESPONSES: Mapping[str, dict[str, Any]] = {
    "WebhookTaken": {"description": "Taken. Answer within 15 seconds, and work afterwards."},
    "WebhookGone": {"description": "Nobody is here any more: the endpoint is switched off."},
    "WebhookNotTaken": {"description": "Not taken: sent again after a while, with the same `webhook-id`."},
}


@dataclass(frozen=True, slots=True)
class Event:
    """One type of message: what happened, in a sentence, and what its `data` holds beside the account.

    `always` and `sometimes` are members by name, each a JSON Schema with its description; `example` holds
    values of them.
    """

    says: str
    example: Mapping[str, Any]
    always: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sometimes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def webhooks(events: Mapping[str, Event]) -> dict[str, dict[str, Any]]:
    """A Path Item Object for each event, by its type."""
    return {kind: {"post": _operation(kind, event)} for kind, event in events.items()}


def _operation(kind: str, event: Event) -> dict[str, Any]:
    example = {
        "type": kind,
        "timestamp": "2026-11-22T02:00:00Z",
        "data": {"account_id": "acct-1", **event.example},
    }
    return {
        "operationId": "on_" + kind.replace(".", "_"),
        "summary": event.says,
        "description": "Sent to every endpoint that names this event, at least once, in the account's order.",
        "tags": [EVENTS_TAG["name"]],
        "parameters": [{"$ref": f"#/components/parameters/{key}"} for key in PARAMETERS],
        "requestBody": {
            "required": True,
            "content": {JSON_TYPE: {"schema": _schema(kind, event), "example": example}},
        },
        "responses": {
            "2XX": {"$ref": "#/components/responses/WebhookTaken"},
            "410": {"$ref": "#/components/responses/WebhookGone"},
            "default": {"$ref": "#/components/responses/WebhookNotTaken"},
        },
        "security": [],
    }


def _schema(kind: str, event: Event) -> dict[str, Any]:
    account = {"account_id": {"type": "string", "description": "Whose account it is about."}}
    data = {
        "type": "object",
        "description": "Ids and what changed: never personal data, a secret or a link.",
        "required": ["account_id", *event.always],
        "properties": {**account, **event.always, **event.sometimes},
    }
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": kind, "description": "What happened."},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": data,
        },
    }
