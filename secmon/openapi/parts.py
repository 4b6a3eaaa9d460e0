"""The parts of the OpenAPI document that every route shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secmon.core.errors import MOST_ERRORS
from secmon.core.pages import DEFAULT_LIMIT, LARGEST_LIMIT

DESCRIPTION = """\
Watches the accounts of a wallet: is told of every login, recognises the device, judges the risk and
answers in the same request; freezes an account, opens its case, and holds it until it is safe again.

**Start.** Authorize: let this page fetch a token for a client's id and secret, or paste one. In a terminal,
with the address of this service in `SECMON`:

    TOKEN=$(curl -s $SECMON/oauth/token -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials \\
      | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')

On a fresh installation the first clients are in `var/credentials.json`. A token is good for ten minutes.

**What holds everywhere.** Times are RFC 3339 with an offset; answers are in UTC. Unknown fields and loosely
typed values are refused; answers may get more fields, so let be what you do not know. Every error is
`application/problem+json` (RFC 9457) with a `code` that [its page](/problems) explains.
"""

LICENSE = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
# Wherever the document came from.
SERVERS = [{"url": "/", "description": "This service."}]
EVENTS_TAG = {
    "name": "events",
    "description": "What is sent to webhook endpoints, signed by Standard Webhooks, at least once.",
}

PARAMETERS: Mapping[str, dict[str, Any]] = {
    "IdempotencyKey": {
        "in": "header",
        "name": "Idempotency-Key",
        "description": "Makes a retry safe: for 24 hours the same key with the same request does nothing "
        "twice. Answered again is what holds now, never a decision of then, and no secret that was of use to "
        "somebody; each operation's `x-replayed` says what it answers.",
        "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"},
        "example": "6d0ff9f2-6a0e-4a5f-9b8c-0f6f7f2f7f1c",
    },
    "Limit": {
        "in": "query",
        "name": "limit",
        "description": "The most items to show.",
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
    },
    "Cursor": {
        "in": "query",
        "name": "cursor",
        "description": "The `next_cursor` of the page before. Opaque: only what this list gave out is read.",
        "schema": {"type": "string"},
    },
    "IfMatch": {
        "in": "header",
        "name": "If-Match",
        "description": "The ETag of the version that the change is made upon. Without it: 428.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"7"',
    },
    "IfNoneMatch": {
        "in": "header",
        "name": "If-None-Match",
        "description": "The ETag of the version that the caller holds. Where it still stands: 304.",
        "schema": {"type": "string"},
        "example": '"7"',
    },
}

HEADERS: Mapping[str, dict[str, Any]] = {
    "RequestId": {
        "description": "Names this request in the logs; a caller may choose it by sending the same header.",
        "schema": {"type": "string"},
    },
    "IdempotencyReplayed": {
        "description": "`true` where a request with this key did it before, and this is what stands of it.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "ETag": {"description": "The version of the resource.", "schema": {"type": "string"}},
    "RetryAfter": {
        "description": "Seconds to wait before asking again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WwwAuthenticate": {"description": "RFC 6750, section 3.", "schema": {"type": "string"}},
}

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `type` is a page that explains it.",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The page that explains the code.",
        },
        "title": {"type": "string", "description": "What happened, in a few words."},
        "status": {
            "type": "integer",
            "minimum": 400,
            "maximum": 599,
            "description": "The status of the answer.",
        },
        "code": {"type": "string", "description": "Which problem: stable, to be decided by."},
        "detail": {"type": "string", "description": "What happened, in a sentence or two for developers."},
        "request_id": {"type": "string", "description": "What this request is called in the logs."},
        "errors": {
            "type": "array",
            "description": "What is wrong with which fields of the request.",
            "maxItems": MOST_ERRORS,
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "The field, by RFC 6901."},
                    "message": {"type": "string", "description": "What it has to be."},
                },
            },
        },
    },
}


def security_schemes(scopes: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Two ways to one token: OAuth 2.0 client credentials (RFC 6749 §4.4), and pasting it (RFC 6750)."""
    flow = {"tokenUrl": "/oauth/token", "scopes": dict(sorted(scopes.items()))}
    return {
        "oauth2": {
            "type": "oauth2",
            "description": "A client's id and secret, exchanged at `/oauth/token`.",
            "flows": {"clientCredentials": flow},
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token that you have: of `/oauth/token`, or of your identity provider.",
        },
    }
