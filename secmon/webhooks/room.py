"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.rooms.room import Room
from secmon.rooms.sealed_columns import SealedColumn
from secmon.webhooks import delivery_routes, routes, secrets
from secmon.webhooks.models import WebhookEndpoint

ROOM = Room(
    routes=(routes.blp, delivery_routes.blp),
    tables=(WebhookEndpoint,),
    sealed=(
        SealedColumn(WebhookEndpoint.former_secret, secrets.context),
        SealedColumn(WebhookEndpoint.secret, secrets.context),
    ),
)
