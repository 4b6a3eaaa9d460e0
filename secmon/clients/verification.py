"""Is this JWT what it says? What holds for every issuer's tokens: algorithms, times, sizes. No I/O."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import Key

# Between nodes whose clocks are kept by NTP; given to `iat` and `nbf`, never to `exp`.
CLOCK_SKEW = timedelta(seconds=60)
# Ours are near 600 bytes; identity providers that list groups send a few kB.
LONGEST_TOKEN = 16_384
# What joserfc lets escape when a header or payload is JSON of the wrong shape.
_MALFORMED = (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError)


class TokenRefused(Exception):
    """The token is malformed, forged, expired or meant for someone else; the message holds no part of it."""


@dataclass(frozen=True, slots=True)
class Peeked:
    """What an unverified token says of itself: good for choosing the key, and for nothing else."""

    issuer: str | None
    key_id: str | None
    type: str | None


class ClaimRules(jwt.JWTClaimsRegistry):
    """RFC 7519 §4.1, where `exp` is exact and only `iat` and `nbf` forgive a clock that is behind."""

    def __init__(self, *, now: int, issuer: str, audience: str, essential: Collection[str] = ()) -> None:
        super().__init__(
            now=now,
            leeway=int(CLOCK_SKEW.total_seconds()),
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
            **{name: jwt.ClaimsOption(essential=True) for name in essential},
        )

    def validate_exp(self, value: Any) -> None:
        super().validate_exp(value)
        if value <= self.now:
            raise ExpiredTokenError("exp")


class AllowedAlgorithms(jws.JWSRegistry):
    """Exactly these; unknown header parameters are ignored (RFC 7515 §4), unknown critical ones are not."""

    # Providers that send their certificate chain (x5c) need more than joserfc's 512 bytes.
    max_header_length = 8_192

    def __init__(self, allowed: Collection[str]) -> None:
        super().__init__(strict_check_header=False)
        self._allowed = {name: self.algorithms[name] for name in allowed}

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in self._allowed:
            raise UnsupportedAlgorithmError("not allowed here")
        return self._allowed[name]


_ANY = AllowedAlgorithms(())


def peek(token: str) -> Peeked:
    """Who claims to have issued `token`, and with which key. Raises `TokenRefused`."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise TokenRefused("too long, or no token at all")
    try:
        unverified = jws.extract_compact(token.encode(), registry=_ANY)
        header, claims = unverified.headers(), json.loads(unverified.payload)
        said = (claims.get("iss"), header.get("kid"), header.get("typ"))
    except _MALFORMED as error:
        raise TokenRefused(type(error).__name__) from error
    return Peeked(*(_text(value) for value in said))


def _text(value: object) -> str | None:
    """A name; None for what is none. One with a NUL or half a surrogate pair no database takes."""
    return value if isinstance(value, str) and value.isprintable() else None


def verify(token: str, key: Key, algorithms: AllowedAlgorithms, rules: ClaimRules) -> dict[str, Any]:
    """The claims of a token that `key` signed and `rules` let pass. Raises `TokenRefused`."""
    try:
        claims = jwt.decode(token, key, registry=algorithms).claims
        rules.validate(claims)
    except _MALFORMED as error:
        raise TokenRefused(type(error).__name__) from error
    return claims
