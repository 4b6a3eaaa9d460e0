"""The public keys of an external issuer: fetched when needed, kept for a while, never guessed."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, RSAKey

from secmon.core.clock import Clock
from secmon.core.errors import Unavailable
from secmon.settings.addresses import trustworthy

TIMEOUT_S = 3.0
# A key that the issuer withdraws is believed no longer than this.
KEPT = timedelta(minutes=15)
# Anybody can send a token that names an unknown key.
UNKNOWN_KEY_ASKS_AGAIN_AFTER = timedelta(minutes=1)
FAILURE_ASKS_AGAIN_AFTER = timedelta(seconds=5)
# NIST SP 800-131A, RFC 7518 §3.3.
LEAST_RSA_BITS = 2048
DISCOVERY = "/.well-known/openid-configuration"

log = structlog.get_logger(__name__)


class IssuerUnreachable(Unavailable):
    """The keys of the identity provider cannot be had, so none of its tokens can be believed."""

    code = "issuer_unreachable"
    title = "The identity provider does not answer"


class IssuerKeys:
    """Fails closed: without fresh keys nothing is verified. Thread-safe; one fetch at a time."""

    def __init__(self, issuer: str, jwks_url: str | None, clock: Clock) -> None:
        self._issuer = issuer
        self._jwks_url = jwks_url
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: list[Key] = []
        self._good_until: datetime | None = None
        self._ask_again_at: datetime | None = None

    def find(self, kid: str | None) -> Key | None:
        """The key of that id (or the only key, for a token that names none); raises `IssuerUnreachable`."""
        with self._lock:
            now = self._clock()
            fresh = self._good_until is not None and now < self._good_until
            found = self._named(kid) if fresh else None
            if found is None and (self._ask_again_at is None or now >= self._ask_again_at):
                fresh = self._fetch(now)
                found = self._named(kid)
            if not fresh:
                raise IssuerUnreachable
            return found

    def _named(self, kid: str | None) -> Key | None:
        if kid is None:
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.kid == kid), None)

    def _fetch(self, now: datetime) -> bool:
        self._ask_again_at = now + FAILURE_ASKS_AGAIN_AFTER
        try:
            self._keys = _usable(_get(self._jwks_url or self._discovered()))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("issuer_keys_not_fetched", issuer=self._issuer, kind=type(error).__name__)
            return self._good_until is not None and now < self._good_until
        self._good_until = now + KEPT
        self._ask_again_at = now + UNKNOWN_KEY_ASKS_AGAIN_AFTER
        return True

    def _discovered(self) -> str:
        """OpenID Connect Discovery 1.0 §4; the document must be this issuer's own (§4.3)."""
        document = _get(self._issuer.rstrip("/") + DISCOVERY)
        if document["issuer"] != self._issuer:
            raise ValueError("the discovery document names another issuer")
        return str(document["jwks_uri"])


def _get(url: str) -> Any:
    trustworthy(url)
    return httpx.get(url, timeout=TIMEOUT_S).raise_for_status().json()


def _usable(jwks: Any) -> list[Key]:
    """The set's signature keys; what is not understood is skipped (RFC 7517 §5)."""
    keys: list[Key] = []
    for data in jwks["keys"]:
        try:
            key = JWKRegistry.import_key(data)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if key.get("use", "sig") == "sig" and not _is_weak(key):
            keys.append(key)
    return keys


def _is_weak(key: Key) -> bool:
    return isinstance(key, RSAKey) and key.public_key.key_size < LEAST_RSA_BITS
