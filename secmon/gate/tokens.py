"""Decision tokens: what the gate allowed, signed, for a minute and for that alone. JWS, ES256 (RFC 7515).

Bound to the account and its epoch, to the action, amount, currency, payee and request. Whoever moves the
money checks it with `POST /v1/gate/verify`, which takes it once, or offline by `/.well-known/jwks.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from secmon.accounts import service as accounts
from secmon.clients import signing_keys
from secmon.clients.tokens import ALGORITHM, Issuer
from secmon.clients.verification import AllowedAlgorithms, ClaimRules, TokenRefused, peek, verify
from secmon.core.ids import new_id
from secmon.database.work import Work
from secmon.gate.deciding import Decided, Verdict
from secmon.gate.models import GateRequest

LIFETIME = timedelta(seconds=60)
AUDIENCE = "secmon-gate"
# RFC 8725 §3.11: no other token of this service is taken for one, nor one for any other.
TYPE = "decision+jwt"
BOUND = ("action", "amount", "currency", "payee")
_ALGORITHMS = AllowedAlgorithms({ALGORITHM})


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a token is good for this now, and if not, why."""

    valid: bool
    reason: str | None = None


def issue(work: Work, account_id: str, decided: Decided, issuer: Issuer) -> str | None:
    """The token of what was allowed; None for anything else, and where there is no key yet."""
    if decided.verdict is not Verdict.ALLOW or decided.signing is None:
        return None
    kid, private_key = decided.signing
    key = signing_keys.opened(kid, private_key, issuer.ring)
    issued_at = int(work.now.timestamp())
    claims = {
        "iss": issuer.name,
        "aud": AUDIENCE,
        "sub": account_id,
        "iat": issued_at,
        "exp": issued_at + int(LIFETIME.total_seconds()),
        "jti": str(new_id(work.now)),
        "request_id": decided.question.request_id,
        "epoch": decided.epoch,
        **{name: value for name, value in decided.question.stored().items() if name in BOUND},
    }
    header = {"typ": TYPE, "alg": ALGORITHM, "kid": kid}
    return jwt.encode(header, claims, key, registry=_ALGORITHMS)


def check(work: Work, account_id: str, token: str, wanted: Mapping[str, str], issuer: Issuer) -> Checked:
    """Takes a token, once, for exactly what is `wanted`: the members of `BOUND` and the `request_id`."""
    try:
        claims = _claims(work, token, issuer)
    except TokenRefused:
        return Checked(valid=False, reason="not_a_decision")
    said = {name: claims[name] for name in (*BOUND, "request_id") if name in claims}
    if claims["sub"] != account_id or said != dict(wanted):
        return Checked(valid=False, reason="for_something_else")
    try:
        account = accounts.lock(work, account_id)
    except accounts.AccountUnknown:
        return Checked(valid=False, reason="account_changed")
    if claims["epoch"] != accounts.epoch(account.created_at, account.version):
        return Checked(valid=False, reason="account_changed")
    request = work.session.get(GateRequest, (account_id, claims["request_id"]), populate_existing=True)
    if request is None or request.spent_at is not None:
        return Checked(valid=False, reason="spent")
    # Asked again meanwhile, it may have been answered otherwise.
    if request.decision != Verdict.ALLOW.name.lower():
        return Checked(valid=False, reason="account_changed")
    request.spent_at = work.now
    return Checked(valid=True)


def _claims(work: Work, token: str, issuer: Issuer) -> dict[str, Any]:
    peeked = peek(token)
    if peeked.type != TYPE or peeked.key_id is None:
        raise TokenRefused("is no decision")
    key: ECKey | None = signing_keys.find(work, issuer.ring, peeked.key_id)
    if key is None:
        raise TokenRefused("is signed by no key of ours")
    rules = ClaimRules(
        now=int(work.now.timestamp()),
        issuer=issuer.name,
        audience=AUDIENCE,
        essential=("request_id", "epoch", "action", "iat"),
    )
    return verify(token, key, _ALGORITHMS, rules)
