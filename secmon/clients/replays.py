"""A client's secret under the key that it was made with: until somebody has used it."""

from __future__ import annotations

import uuid

from flask import Response

from secmon.clients import service
from secmon.core.work import Work
from secmon.web.replays import NotShownAgain, Replays, Stored


def secret_again(work: Work, stored: Stored) -> Response:
    """The answer with the secret. Raises `NotShownAgain` once it was used, or its client is revoked."""
    client = service.get(work, uuid.UUID(stored.document["client_id"]))
    if client.revoked_at is not None or client.secret_used_at is not None:
        raise NotShownAgain
    return stored.response()


CREATED = Replays(
    "The client with its secret until a token was had for it, and not once it is revoked.",
    secret_again,
    problems=("not_shown_again",),
)
