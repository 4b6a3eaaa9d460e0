"""Puts tokens into an application: who issues them, who verifies them, and whether the keys can be read."""

from __future__ import annotations

from flask import Flask

from secmon.clients.authentication import Authenticator, Verify, own_tokens
from secmon.clients.external import Trust, external_tokens
from secmon.clients.issuer_keys import IssuerKeys
from secmon.clients.signing_keys import load_signing_keys, unreadable
from secmon.clients.tokens import ISSUER, Issuer
from secmon.database.engine import Database
from secmon.observing.health import ReadyCheck, add_check
from secmon.settings.environment import Settings
from secmon.web.caller import AUTHENTICATE


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Raises `KeyRingError` where the settings' keys are not those of the database."""
    load_signing_keys(database, settings.keys)
    verifiers: dict[str, Verify] = {}
    if settings.oidc_issuer is not None:
        trust = Trust(settings.oidc_issuer, settings.oidc_audience, settings.oidc_role_claim)
        keys = IssuerKeys(settings.oidc_issuer, settings.oidc_jwks_url, database.clock)
        verifiers[settings.oidc_issuer] = external_tokens(trust, keys, database.clock)
    # Last, so that no setting can put another verifier in the place of our own.
    verifiers[settings.public_url] = own_tokens(database, settings.keys, settings.public_url)
    ISSUER.put(app, Issuer(settings.public_url, settings.keys))
    AUTHENTICATE.put(app, Authenticator(verifiers, database.clock))
    add_check(app, "signing_keys", ReadyCheck(lambda: unreadable(database, settings.keys)))
