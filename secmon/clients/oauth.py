"""The token request of RFC 6749 §4.4, read strictly, and the errors of its §5.2. Knows no web framework.

Authlib's server side was looked at and left: it takes credentials from the query string, tells an unknown
client from a wrong secret, accepts repeated parameters, and fails on a Basic header that is not UTF-8.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote_plus

FORM_TYPE = "application/x-www-form-urlencoded"
GRANT_TYPE = "client_credentials"


class ErrorCode(StrEnum):
    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    INVALID_SCOPE = "invalid_scope"


class OAuthError(Exception):
    """One answer of RFC 6749 §5.2."""

    def __init__(self, code: ErrorCode, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client presents; not proven yet."""

    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """`scope` is empty where the client asks for all that it may have."""

    credentials: Credentials
    grant_type: str
    scope: str


def read_request(authorization: str | None, form: Mapping[str, Sequence[str]]) -> TokenRequest:
    """The request that header and form make together. Raises `OAuthError`."""
    if any(len(values) > 1 for values in form.values()):
        raise OAuthError(ErrorCode.INVALID_REQUEST, "A parameter is given twice.")
    # §3.2: a parameter without a value is treated as if it were not there.
    sent = {name: values[0] for name, values in form.items() if values[0]}
    credentials = _from_form(sent) if authorization is None else _from_header(authorization, sent)
    return TokenRequest(credentials, sent.get("grant_type", ""), sent.get("scope", ""))


def require_grant(request: TokenRequest) -> None:
    """Only client credentials are granted. Raises `OAuthError`."""
    if not request.grant_type:
        raise OAuthError(ErrorCode.INVALID_REQUEST, "grant_type is missing.")
    if request.grant_type != GRANT_TYPE:
        raise OAuthError(ErrorCode.UNSUPPORTED_GRANT_TYPE, f"Only {GRANT_TYPE} is supported.")


def granted(scope: str, held: frozenset[str]) -> str:
    """The scope that is granted, sorted: all that is held, or the part asked for. Raises `OAuthError`."""
    wanted = frozenset(scope.split(" ")) if scope else held
    if not wanted <= held:
        raise OAuthError(ErrorCode.INVALID_SCOPE, "The client does not hold a scope that it asks for.")
    return " ".join(sorted(wanted))


def _from_form(sent: Mapping[str, str]) -> Credentials:
    if "client_id" not in sent or "client_secret" not in sent:
        raise OAuthError(ErrorCode.INVALID_CLIENT, "Send the client's id and secret.")
    return Credentials(sent["client_id"], sent["client_secret"])


def _from_header(authorization: str, sent: Mapping[str, str]) -> Credentials:
    """HTTP Basic, both parts form-encoded first (RFC 6749 §2.3.1)."""
    if "client_secret" in sent:
        raise OAuthError(ErrorCode.INVALID_REQUEST, "Credentials are in the header and in the body.")
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        client_id, separator, secret = (
            base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        )
        if not separator:
            raise ValueError
    except (ValueError, binascii.Error):
        raise OAuthError(ErrorCode.INVALID_CLIENT, "The Authorization header is no HTTP Basic.") from None
    credentials = Credentials(unquote_plus(client_id), unquote_plus(secret))
    if sent.get("client_id", credentials.client_id) != credentials.client_id:
        raise OAuthError(ErrorCode.INVALID_REQUEST, "Header and body name different clients.")
    return credentials
