"""Tokens of the operator's own identity provider (OpenID Connect): its roles, mapped to our scopes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from secmon.clients import denied_subjects
from secmon.clients.authentication import VerifiedToken, Verify
from secmon.clients.issuer_keys import KEPT, IssuerKeys
from secmon.clients.models import LONGEST_NAME
from secmon.clients.scopes import SERVICES, Role, scopes_of
from secmon.clients.verification import AllowedAlgorithms, ClaimRules, Peeked, TokenRefused, verify
from secmon.core.actor import Actor, ActorKind
from secmon.core.clock import Clock
from secmon.web.caller import Caller

# RFC 9068 and OpenID Connect; not logout tokens, proofs of possession and other JWTs with the same key.
_TYPES = {None, "jwt", "at+jwt", "application/at+jwt"}
# However long its provider lets it live.
BELIEVED_FOR = timedelta(hours=1)
# What an ID token tells its client of a login (OpenID Connect Core §2, §3.3.2.11), and what a logout or
# security event is (RFC 8417): all signed with the same key, none for us.
_OF_OTHER_TOKENS = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})
# A token that is bound to its holder's key is worth nothing without the proof (RFC 7800, 8705, 9449), which
# is not asked for here: whoever bound it wanted it to be no bearer token.
_BOUND = "cnf"
# Keycloak's tokens say in their claims what they are; a refresh token is as well signed as an access token.
_ACCESS = (None, "Bearer", "JWT", "at+jwt")
_ALGORITHMS = AllowedAlgorithms({"ES256", "RS256", "PS256", "EdDSA"})


@dataclass(frozen=True, slots=True)
class Trust:
    """Which tokens are accepted: this issuer's, for this audience, with roles under this claim."""

    issuer: str
    audience: str
    role_claim: str


def external_tokens(trust: Trust, keys: IssuerKeys, clock: Clock) -> Verify:
    """The verifier of the identity provider's tokens; it raises `TokenRefused` and `IssuerUnreachable`."""

    def verified(token: str, peeked: Peeked) -> VerifiedToken:
        if (peeked.type.lower() if peeked.type else None) not in _TYPES:
            raise TokenRefused("not an access token")
        key = keys.find(peeked.key_id)
        if key is None:
            raise TokenRefused("unknown key")
        now = clock()
        rules = ClaimRules(
            now=int(now.timestamp()), issuer=trust.issuer, audience=trust.audience, essential=("iat",)
        )
        claims = verify(token, key, _ALGORITHMS, rules)
        _require_access_token(claims)
        # Some providers' tokens live for a day; a withdrawn key must not stay believed for that long.
        ends_at = min(claims["exp"], claims["iat"] + BELIEVED_FOR.total_seconds())
        lives_for = min(ends_at - now.timestamp(), KEPT.total_seconds())
        if not lives_for > 0:
            raise TokenRefused("issued too long ago")
        caller = Caller(_actor(claims, trust.role_claim), denied_subjects.check(claims["sub"]))
        return VerifiedToken(caller, now + timedelta(seconds=lives_for))

    return verified


def roles_in(claim: Any) -> frozenset[Role]:
    """Our roles among a claim that is a string or a list; whatever else is in there means nothing here."""
    named: Collection[Any] = claim if isinstance(claim, list) else [claim]
    return frozenset(Role(name) for name in named if isinstance(name, str) and name in set(Role))


def _require_access_token(claims: dict[str, Any]) -> None:
    """Whoever holds another kind of token of the same person's must not get in with it."""
    if _OF_OTHER_TOKENS & claims.keys() or claims.get("typ") not in _ACCESS:
        raise TokenRefused("not an access token")
    if _BOUND in claims:
        raise TokenRefused("bound to a key that is not shown")


def _actor(claims: dict[str, Any], role_claim: str) -> Actor:
    if not isinstance(claims["sub"], str) or not denied_subjects.SUBJECT.fullmatch(claims["sub"]):
        raise TokenRefused("a subject that cannot be recorded")
    roles = roles_in(claims.get(role_claim))
    # What only a person may do stays closed to the wallet, and what the wallet says to every person.
    if roles & SERVICES and not roles <= SERVICES:
        raise TokenRefused("a service and a person at once")
    kind = ActorKind.SERVICE if roles and roles <= SERVICES else ActorKind.STAFF
    name = claims.get("name") if isinstance(claims.get("name"), str) else ""
    printable = "".join(char for char in name or "" if char.isprintable())
    return Actor(
        denied_subjects.PREFIX + claims["sub"],
        kind,
        scopes_of(roles),
        printable[:LONGEST_NAME],
        for_owner=kind is ActorKind.SERVICE,
    )
