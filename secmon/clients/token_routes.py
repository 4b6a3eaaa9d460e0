"""The token endpoint and the public keys. Errors of the former are RFC 6749's and not problem documents:
OAuth clients read `error`, and nothing else.
"""

from __future__ import annotations

from datetime import datetime

from flask import Response, json, request
from joserfc.jwk import ECKey

from secmon.clients import oauth, service, signing_keys, tokens
from secmon.clients.models import Client
from secmon.clients.oauth import ErrorCode, OAuthError
from secmon.clients.schemas import PublicKeys, TokenError, TokenForm, TokenResponse
from secmon.clients.scopes import SCOPES_OF, Role
from secmon.clients.tokens import ISSUER
from secmon.core.actor import SYSTEM
from secmon.core.ids import new_id
from secmon.rooms.blueprint import Blueprint
from secmon.web.limits import Limited
from secmon.web.operation import OPEN, Answer, operation
from secmon.web.unit_of_work import DATABASE

# RFC 6749 §5.1.
NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
# Short, so that whoever verifies offline learns of a rotation while the new key's first tokens live.
KEYS_CACHED = {"Cache-Control": "public, max-age=60"}

blp = Blueprint("tokens", __name__, description="Access tokens, and the keys that verify them.")


@blp.route("/oauth/token", methods=["POST"])
@operation(
    OPEN,
    limited=Limited.BY_ADDRESS,
    body=TokenForm,
    sends=(oauth.FORM_TYPE,),
    answers={200: TokenResponse, 400: TokenError, 401: TokenError},
    example={"grant_type": oauth.GRANT_TYPE, "scope": "events:write"},
    example_answer={
        "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9…",
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "events:write",
    },
    problems=("body_too_large", "rate_limited", "unavailable"),
)
def issue_token() -> Answer:
    """Exchange a client's id and secret for an access token (OAuth 2.0 client credentials)."""
    try:
        return _issued(_token_request()), 200, NOT_STORED
    except OAuthError as error:
        return _refused(error)


@blp.route("/.well-known/jwks.json", methods=["GET"])
@operation(OPEN, answers={200: PublicKeys}, problems=("unavailable",))
def public_keys() -> Answer:
    """The public keys of access tokens; two while a rotation is under way."""
    with DATABASE.chosen().work(SYSTEM, write=False) as work:
        keys = signing_keys.verifying(work, ISSUER.chosen().ring)
    shown = [{**key.as_dict(private=False), "use": "sig", "alg": tokens.ALGORITHM} for key in keys]
    return {"keys": shown}, 200, KEYS_CACHED


def _token_request() -> oauth.TokenRequest:
    if request.mimetype != oauth.FORM_TYPE:
        raise OAuthError(ErrorCode.INVALID_REQUEST, f"Send a form: {oauth.FORM_TYPE}.")
    return oauth.read_request(request.headers.get("Authorization"), dict(request.form.lists()))


def _issued(asked: oauth.TokenRequest) -> dict[str, object]:
    with DATABASE.chosen().work(SYSTEM, write=False) as work:
        client = service.prove(work, asked.credentials.client_id, asked.credentials.secret)
        if client is None:
            raise OAuthError(ErrorCode.INVALID_CLIENT, "Unknown or revoked client, or wrong secret.")
        oauth.require_grant(asked)
        scope = oauth.granted(asked.scope, SCOPES_OF[Role(client.role)])
        key = signing_keys.current(work, ISSUER.chosen().ring)
    if client.secret_used_at is None:
        with DATABASE.chosen().work(SYSTEM) as work:
            service.used(work, client.client_id)
    lifetime = int(tokens.LIFETIME.total_seconds())
    token = _signed(key or _first_key(), client, scope, work.now)
    return {"access_token": token, "token_type": "Bearer", "expires_in": lifetime, "scope": scope}


def _first_key() -> ECKey:
    with DATABASE.chosen().work(SYSTEM) as work:
        return signing_keys.ensure(work, ISSUER.chosen().ring)


def _signed(key: ECKey, client: Client, scope: str, now: datetime) -> str:
    return tokens.issue(
        key,
        issuer=ISSUER.chosen().name,
        client_id=client.client_id,
        scope=scope,
        token_id=new_id(now),
        now=now,
    )


def _refused(error: OAuthError) -> Response:
    status, headers = 400, dict(NOT_STORED)
    if error.code is ErrorCode.INVALID_CLIENT:
        status, headers["WWW-Authenticate"] = 401, 'Basic realm="secmon", charset="UTF-8"'
    body = {"error": error.code, "error_description": error.description}
    return Response(json.dumps(body), status, headers, content_type="application/json")
