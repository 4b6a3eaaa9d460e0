"""Signing secrets: `whsec_` and 256 random bits, sealed at rest with the endpoint's identity bound."""

from __future__ import annotations

import base64
import secrets
import uuid

from secmon.sealing.keyring import KeyRing

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret in the form that Standard Webhooks libraries take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def seal(keys: KeyRing, endpoint_id: uuid.UUID, secret: str) -> bytes:
    return keys.encrypt(secret.encode(), context(endpoint_id))


def unseal(keys: KeyRing, endpoint_id: uuid.UUID, sealed: bytes) -> str:
    """Raises `KeyRingError` where the row was tampered with or its key is gone."""
    return keys.decrypt(sealed, context(endpoint_id)).decode()


def context(endpoint_id: uuid.UUID) -> str:
    """What a sealed secret is bound to."""
    return f"webhook:{endpoint_id}"
