"""The keys of an external issuer: fetched, kept, asked for again, withdrawn; nothing is believed without."""

from __future__ import annotations

from datetime import timedelta

import pytest
from joserfc.jwk import ECKey

from secmon.clients.authentication import Authenticator
from secmon.clients.issuer_keys import (
    FAILURE_ASKS_AGAIN_AFTER,
    KEPT,
    UNKNOWN_KEY_ASKS_AGAIN_AFTER,
    IssuerUnreachable,
)
from secmon.core.errors import Unauthenticated
from tests.clients.provider import CONFIGURATION, Provider, trusting
from tests.service import START, FakeClock


def test_keys_are_fetched_once_for_many_tokens(provider: Provider, authenticate: Authenticator) -> None:
    for n in range(5):
        authenticate(provider.token(sub=f"u-{n}"))
    assert provider.asked == [CONFIGURATION, "/keys"]


def test_a_configured_key_address_needs_no_discovery(provider: Provider, clock: FakeClock) -> None:
    trusting(provider, clock, jwks_url=f"{provider.issuer}/elsewhere")(provider.token())
    assert provider.asked == ["/elsewhere"]


def test_a_new_key_is_asked_for_at_most_once_a_minute(
    provider: Provider, authenticate: Authenticator, clock: FakeClock
) -> None:
    authenticate(provider.token())
    new = ECKey.generate_key("P-256", auto_kid=True)
    provider.keys = [new]
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            authenticate(provider.token())
    assert len(provider.asked) == 2
    clock.advance(UNKNOWN_KEY_ASKS_AGAIN_AFTER)
    assert authenticate(provider.token()).actor.scopes
    assert len(provider.asked) == 4


def test_a_withdrawn_key_is_not_believed_for_long(
    provider: Provider, authenticate: Authenticator, clock: FakeClock
) -> None:
    token = provider.token(exp=int(START.timestamp()) + 86_400)
    authenticate(token)
    provider.keys = [ECKey.generate_key("P-256", auto_kid=True)]
    clock.advance(KEPT - timedelta(seconds=1))
    assert authenticate(token).actor.scopes
    clock.advance(timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        authenticate(token)


def test_without_keys_nothing_is_believed_and_the_provider_is_not_hammered(
    provider: Provider, authenticate: Authenticator, clock: FakeClock
) -> None:
    provider.broken = True
    for _ in range(3):
        with pytest.raises(IssuerUnreachable):
            authenticate(provider.token())
    assert len(provider.asked) == 1
    provider.broken = False
    clock.advance(FAILURE_ASKS_AGAIN_AFTER)
    assert authenticate(provider.token()).actor.scopes


def test_an_outage_shorter_than_the_keys_are_kept_is_not_noticed(
    provider: Provider, authenticate: Authenticator, clock: FakeClock
) -> None:
    authenticate(provider.token())
    provider.broken = True
    clock.advance(KEPT - timedelta(seconds=1))
    assert authenticate(provider.token(sub="u-2")).actor.scopes
    clock.advance(timedelta(seconds=1))
    with pytest.raises(IssuerUnreachable):
        authenticate(provider.token(sub="u-3"))


def test_a_discovery_document_of_another_issuer_is_not_believed(
    provider: Provider, authenticate: Authenticator
) -> None:
    """OpenID Connect Discovery 1.0 §4.3."""
    provider.claimed_issuer = "https://elsewhere.example"
    with pytest.raises(IssuerUnreachable):
        authenticate(provider.token())


def test_keys_that_are_not_understood_are_skipped(provider: Provider, authenticate: Authenticator) -> None:
    """RFC 7517 §5."""
    encryption = {**ECKey.generate_key("P-256").as_dict(private=False), "use": "enc", "kid": "enc"}
    provider.others = [{"kty": "AKP", "kid": "pq"}, {"kty": "RSA"}, {}, encryption]
    assert authenticate(provider.token()).actor.scopes


def test_a_key_for_encryption_signs_nothing(provider: Provider, authenticate: Authenticator) -> None:
    key = ECKey.generate_key("P-256", {"use": "enc", "kid": "enc"})
    provider.others = [key.as_dict(private=False)]
    signer = ECKey.import_key({**key.as_dict(private=True), "use": "sig"})
    with pytest.raises(Unauthenticated):
        authenticate(provider.token(key=signer))


def test_a_token_that_names_no_key_is_read_with_the_only_one(
    provider: Provider, authenticate: Authenticator
) -> None:
    token = provider.token(header={"kid": None})
    assert authenticate(token).actor.scopes
    provider.keys.append(ECKey.generate_key("P-256", auto_kid=True))
    with pytest.raises(Unauthenticated):
        trusting(provider, FakeClock())(token)
