"""R51, A78: tokens of an external OpenID Connect issuer, which runs and fails here for real."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import Key, OctKey, OKPKey, RSAKey

from secmon.app import create_app
from secmon.clients.authentication import Authenticator
from secmon.clients.denied_subjects import PREFIX
from secmon.clients.external import BELIEVED_FOR, roles_in
from secmon.clients.issuer_keys import IssuerKeys, IssuerUnreachable
from secmon.clients.scopes import SCOPES_OF, Role, scopes_of
from secmon.core.actor import ActorKind
from secmon.core.errors import Unauthenticated
from secmon.settings.environment import Settings, SettingsError
from secmon.web.unit_of_work import DATABASE
from tests.clients.provider import Provider, trusting
from tests.service import START, FakeClock, Service

NOW = int(START.timestamp())


def test_a_person_of_the_provider_has_the_scopes_of_their_role(
    provider: Provider, authenticate: Authenticator
) -> None:
    actor = authenticate(provider.token()).actor
    assert (actor.actor_id, actor.kind, actor.name) == (PREFIX + "u-1", ActorKind.STAFF, "Wang Fang")
    assert actor.scopes == SCOPES_OF[Role.SUPERVISOR]


@pytest.mark.parametrize(
    ("claim", "roles"),
    [
        ("agent", {Role.AGENT}),
        (["agent", "auditor"], {Role.AGENT, Role.AUDITOR}),
        (["agent", "root", 5, None, ["admin"]], {Role.AGENT}),
        ("agent auditor", set()),
        ("Agent", set()),
        ({"agent": True}, set()),
        (None, set()),
        (True, set()),
    ],
)
def test_roles_are_read_from_a_string_or_a_list(claim: object, roles: set[Role]) -> None:
    assert roles_in(claim) == roles


def test_the_role_claim_has_the_name_that_the_operator_says(provider: Provider, clock: FakeClock) -> None:
    actor = trusting(provider, clock, role_claim="groups")(provider.token(groups="auditor")).actor
    assert actor.scopes == SCOPES_OF[Role.AUDITOR]


def test_without_a_role_nothing_is_allowed(provider: Provider, authenticate: Authenticator) -> None:
    assert authenticate(provider.token(roles=None)).actor.scopes == scopes_of([])


def test_only_the_wallet_is_a_service(provider: Provider, authenticate: Authenticator) -> None:
    assert authenticate(provider.token(roles="wallet")).actor.kind is ActorKind.SERVICE


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("RS256", RSAKey.generate_key(2048, auto_kid=True)),
        ("PS256", RSAKey.generate_key(2048, auto_kid=True)),
        ("EdDSA", OKPKey.generate_key("Ed25519", auto_kid=True)),
    ],
)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_the_usual_algorithms_are_believed(
    provider: Provider, authenticate: Authenticator, alg: str, key: Key
) -> None:
    provider.keys.append(key)
    assert authenticate(provider.token(key=key, alg=alg)).actor.scopes


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another"},
        {"aud": None},
        {"exp": int(START.timestamp())},
        {"exp": None},
        {"exp": True},
        {"nbf": int(START.timestamp()) + 120},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 121},
        {"sub": "a\nb"},
        {"sub": 7},
        {"header": {"typ": "logout+jwt"}},
    ],
)
def test_a37_a_token_for_somebody_else_or_another_time_is_refused(
    provider: Provider, authenticate: Authenticator, changed: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(provider.token(**changed))


def test_a37_other_algorithms_are_refused(provider: Provider, authenticate: Authenticator) -> None:
    secret = OctKey.generate_key(256, auto_kid=True)
    wide = RSAKey.generate_key(2048, auto_kid=True)
    provider.others.append(secret.as_dict(private=True))
    provider.keys.append(wide)
    for token in (provider.token(key=secret, alg="HS256"), provider.token(key=wide, alg="RS512")):
        with pytest.raises(Unauthenticated):
            authenticate(token)


@pytest.mark.parametrize(
    "changed",
    [
        # Older than an hour, however long its provider lets it live; undated; not yet issued.
        {"iat": NOW - 3600, "exp": NOW + 86_400},
        {"iat": None},
        {"iat": NOW + 120},
        {"iat": "today"},
        {"iat": True},
        # An ID token, a logout token, a refresh token.
        {"nonce": "n-0S6_WzA2Mj"},
        {"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"},
        {"c_hash": "LDktKdoQak3Pk0cnXxCltA"},
        {"s_hash": "76sa5dd"},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"typ": []},
        # Bound to a key that nobody was asked to show.
        {"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}},
        {"cnf": {}},
        # A service and a person at once.
        {"roles": ["wallet", "agent"]},
        {"roles": ["wallet", "admin", "root"]},
    ],
)
def test_A78_what_is_no_access_token_of_one_person_is_refused(
    provider: Provider, authenticate: Authenticator, changed: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(provider.token(**changed))


def test_A78_a_token_is_believed_for_an_hour_and_not_until_it_expires(
    provider: Provider, authenticate: Authenticator, clock: FakeClock
) -> None:
    token = provider.token(exp=NOW + 86_400)
    clock.advance(BELIEVED_FOR - timedelta(seconds=1))
    assert authenticate(token).actor.scopes
    clock.advance(timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        authenticate(token)


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_A78_a_short_rsa_key_signs_nothing(provider: Provider, authenticate: Authenticator) -> None:
    short = RSAKey.generate_key(1024, auto_kid=True)
    provider.keys.append(short)
    with pytest.raises(Unauthenticated):
        authenticate(provider.token(key=short, alg="RS256"))


def test_A78_keys_are_not_fetched_where_somebody_on_the_way_may_change_them(clock: FakeClock) -> None:
    for wrong in ("http://idp.example/keys", "http://127.0.0.1.example/keys", "ftp://127.0.0.1/keys"):
        with pytest.raises(IssuerUnreachable):
            IssuerKeys("https://idp.example", wrong, clock).find("k")


@pytest.mark.parametrize("variable", ["SECMON_OIDC_ISSUER", "SECMON_OIDC_JWKS_URL"])
@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://idp.example/keys", True),
        ("http://127.0.0.1:8080/keys", True),
        ("http://[::1]:8080/keys", True),
        ("http://localhost/keys", True),
        ("http://idp.example/keys", False),
        ("http://127.0.0.1.nip.io/keys", False),
        ("http://10.0.0.7/keys", False),
    ],
)
def test_A78_an_issuer_is_reached_by_https(variable: str, url: str, good: bool) -> None:
    environment = {"SECMON_KEYS": f"test={'A' * 43}=", variable: url}
    if good:
        assert url in {
            Settings.from_env(environment).oidc_issuer,
            Settings.from_env(environment).oidc_jwks_url,
        }
        return
    with pytest.raises(SettingsError, match=f"{variable}: must be an https:// URL"):
        Settings.from_env(environment)


def test_a_token_of_an_issuer_that_nobody_trusts_asks_nobody(
    provider: Provider, authenticate: Authenticator
) -> None:
    for issuer in ("https://elsewhere.example", provider.issuer + "/", ""):
        with pytest.raises(Unauthenticated):
            authenticate(provider.token(iss=issuer))
    assert provider.asked == []


def test_the_running_service_answers_people_of_the_provider(service: Service, provider: Provider) -> None:
    settings = replace(service.settings, oidc_issuer=provider.issuer)
    app = create_app(settings, service.clock)
    calls = app.test_client()
    headers = {"Authorization": f"Bearer {provider.token(roles=['agent'])}"}
    assert calls.get("/v1/accounts/acct-never-seen/devices", headers=headers).status_code == 404
    assert calls.get("/v1/clients", headers=headers).status_code == 403
    DATABASE.of(app).dispose()
