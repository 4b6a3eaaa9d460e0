"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.clients import denied_routes, routes, signing_keys, token_routes
from secmon.clients.models import Client, DeniedSubject, RetiredSigningKey, SigningKey
from secmon.rooms.room import Room
from secmon.rooms.sealed_columns import SealedColumn

ROOM = Room(
    routes=(token_routes.blp, routes.blp, denied_routes.blp),
    tables=(Client, DeniedSubject, RetiredSigningKey, SigningKey),
    sealed=(SealedColumn(SigningKey.private_key, signing_keys.context),),
)
