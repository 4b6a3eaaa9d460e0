"""An endpoint's secret under the key that it was made with: while messages are signed with it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app

from secmon.core.work import Work
from secmon.web.etag import etag
from secmon.web.replays import NotShownAgain, Replays, Stored
from secmon.webhooks import secrets, service
from secmon.webhooks.schemas import EndpointSecretResponse
from secmon.webhooks.service import EndpointUnknown, Webhooks
from secmon.webhooks.shown import fields


def secret_again(
    work: Work, stored: Stored, endpoint_id: uuid.UUID | None = None
) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The endpoint as it stands, and its secret. Raises `NotShownAgain` once either is another or gone."""
    webhooks: Webhooks = current_app.extensions["secmon.webhooks"]
    document = stored.document
    try:
        endpoint = service.lock(work, endpoint_id or uuid.UUID(document["endpoint_id"]))
    except EndpointUnknown:
        raise NotShownAgain from None
    secret = secrets.unseal(webhooks.keys, endpoint.endpoint_id, endpoint.secret)
    if secret != document["secret"]:
        raise NotShownAgain
    shown = EndpointSecretResponse.show({**fields(endpoint), "secret": secret})
    return shown, stored.status, {"ETag": etag(endpoint.version)}


SECRET = Replays(
    "The endpoint as it stands, with its secret while that is the one that signs.",
    secret_again,
    problems=("not_shown_again",),
)
