"""An endpoint as the schemas show it, without its secret."""

from __future__ import annotations

from typing import Any

from secmon.webhooks.models import WebhookEndpoint


def fields(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """What is shown of it, and whether it is switched on."""
    return {
        "endpoint_id": endpoint.endpoint_id,
        "url": endpoint.url,
        "events": endpoint.events,
        "enabled": endpoint.off_since is None,
        "disabled_at": endpoint.off_since,
        "disabled_reason": endpoint.off_reason,
        "former_secret_until": endpoint.former_secret_until,
        "created_at": endpoint.created_at,
    }
