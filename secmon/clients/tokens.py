"""This service's access tokens: JWTs as RFC 9068 has them, ES256, ten minutes long. No I/O."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.jwk import ECKey

from secmon.clients.verification import AllowedAlgorithms, ClaimRules, Peeked, TokenRefused, verify
from secmon.sealing.keyring import KeyRing
from secmon.web.parts import Part

LIFETIME = timedelta(minutes=10)
ALGORITHM = "ES256"
AUDIENCE = "secmon"
# RFC 9068 §4: a verifier takes both spellings.
TYPES = ("at+jwt", "application/at+jwt")

# RFC 7638: SHA-256 in base64url.
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ALGORITHMS = AllowedAlgorithms({ALGORITHM})


@dataclass(frozen=True, slots=True)
class OwnClaims:
    """What a verified token of this service proves."""

    client_id: uuid.UUID
    scopes: frozenset[str]
    expires_at: datetime


def issue(
    key: ECKey, *, issuer: str, client_id: uuid.UUID, scope: str, token_id: uuid.UUID, now: datetime
) -> str:
    """A signed token of this client for the space-separated `scope` (RFC 9068 §2.2)."""
    issued_at = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": str(client_id),
        "client_id": str(client_id),
        "iat": issued_at,
        "exp": issued_at + int(LIFETIME.total_seconds()),
        "jti": str(token_id),
        "scope": scope,
    }
    header = {"typ": TYPES[0], "alg": ALGORITHM, "kid": key.thumbprint()}
    return jwt.encode(header, claims, key, registry=_ALGORITHMS)


def is_access_token(peeked: Peeked) -> bool:
    """Whether the header says what RFC 9068 §2.1 wants it to say, and names a key as we do."""
    return _THUMBPRINT.fullmatch(peeked.key_id or "") is not None and (peeked.type or "").lower() in TYPES


def read(token: str, key: ECKey, *, issuer: str, now: datetime) -> OwnClaims:
    """What `token` proves if `key` signed it. Raises `TokenRefused`."""
    rules = ClaimRules(
        now=int(now.timestamp()),
        issuer=issuer,
        audience=AUDIENCE,
        essential=("client_id", "iat", "jti", "scope"),
    )
    claims = verify(token, key, _ALGORITHMS, rules)
    # A stolen signing key must not be good for a token that outlives the key's retirement.
    if claims["exp"] - claims["iat"] > LIFETIME.total_seconds():
        raise TokenRefused("lives too long")
    try:
        client_id, scopes = uuid.UUID(claims["client_id"]), frozenset(claims["scope"].split())
    except (ValueError, AttributeError) as error:
        raise TokenRefused("claims of the wrong type") from error
    return OwnClaims(client_id, scopes, datetime.fromtimestamp(claims["exp"], UTC))


@dataclass(frozen=True, slots=True)
class Issuer:
    """Under which name, and with whose keys, tokens are issued."""

    name: str
    ring: KeyRing = field(repr=False)


ISSUER: Part[Issuer] = Part("issuer")
