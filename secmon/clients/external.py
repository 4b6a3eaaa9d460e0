"""Tokens of the operator's own identity provider (OpenID Connect): its roles, mapped to our scopes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from secmon.clients.authentication import Verified, Verify
from secmon.clients.issuer_keys import KEPT, IssuerKeys
from secmon.clients.models import LONGEST_NAME
from secmon.clients.scopes import Role, scopes_of
from secmon.clients.verification import AllowedAlgorithms, ClaimRules, Peeked, TokenRefused, verify
from secmon.core.actor import Actor, ActorKind
from secmon.core.clock import Clock
from secmon.web.caller import Caller

# Keeps a provider's subject apart from our client ids, in the audit and where a second person is asked for.
PREFIX = "oidc:"
# RFC 9068 and OpenID Connect; not logout tokens, proofs of possession and other JWTs with the same key.
_TYPES = {None, "jwt", "at+jwt", "application/at+jwt"}
# With the prefix no longer than any column that holds an actor.
_SUBJECT = re.compile(r"[\x21-\x7e]{1,120}", re.ASCII)
_ALGORITHMS = AllowedAlgorithms({"ES256", "RS256", "PS256", "EdDSA"})


@dataclass(frozen=True, slots=True)
class Trust:
    """Which tokens are accepted: this issuer's, for this audience, with roles under this claim."""

    issuer: str
    audience: str
    role_claim: str


def external_tokens(trust: Trust, keys: IssuerKeys, clock: Clock) -> Verify:
    """The verifier of the identity provider's tokens; it raises `TokenRefused` and `IssuerUnreachable`."""

    def verified(token: str, peeked: Peeked) -> Verified:
        if (peeked.type.lower() if peeked.type else None) not in _TYPES:
            raise TokenRefused("not an access token")
        key = keys.find(peeked.key_id)
        if key is None:
            raise TokenRefused("unknown key")
        now = clock()
        rules = ClaimRules(now=int(now.timestamp()), issuer=trust.issuer, audience=trust.audience)
        claims = verify(token, key, _ALGORITHMS, rules)
        # Some providers' tokens live for a day; a withdrawn key must not stay believed for that long.
        lives_for = min(claims["exp"] - now.timestamp(), KEPT.total_seconds())
        return Verified(Caller(_actor(claims, trust.role_claim)), now + timedelta(seconds=lives_for))

    return verified


def roles_in(claim: Any) -> frozenset[Role]:
    """Our roles among a claim that is a string or a list; whatever else is in there means nothing here."""
    named: Collection[Any] = claim if isinstance(claim, list) else [claim]
    return frozenset(Role(name) for name in named if isinstance(name, str) and name in set(Role))


def _actor(claims: dict[str, Any], role_claim: str) -> Actor:
    if not isinstance(claims["sub"], str) or not _SUBJECT.fullmatch(claims["sub"]):
        raise TokenRefused("a subject that cannot be recorded")
    roles = roles_in(claims.get(role_claim))
    kind = ActorKind.SERVICE if roles == {Role.WALLET} else ActorKind.STAFF
    name = claims.get("name") if isinstance(claims.get("name"), str) else ""
    printable = "".join(char for char in name or "" if char.isprintable())
    return Actor(PREFIX + claims["sub"], kind, scopes_of(roles), printable[:LONGEST_NAME])
