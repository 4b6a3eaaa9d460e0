"""R51, A78: a person of the identity provider is shut out at once, whatever their token says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from secmon.cli.main import root
from secmon.clients.scopes import Role
from tests.clients.provider import Provider
from tests.databases import fresh_database
from tests.logins.factories import login
from tests.service import NO_TLS, Service
from tests.wire import counted

SUBJECTS = ("auth0|65f2", "https://idp.example/users/7?a=b&c=d", "u-1")


@pytest.fixture(params=["sqlite", "postgresql"])
def service(
    request: pytest.FixtureRequest, provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """One that listens to the provider's people; commands work on it too."""
    url = fresh_database(request.param)
    monkeypatch.setenv("SECMON_DATABASE_URL", url)
    monkeypatch.setenv("SECMON_KEYS", "test=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")
    running = Service(url, tmp_path, oidc_issuer=provider.issuer)
    yield running
    running.stop()


def deny(admin: httpx.Client, subject: str) -> httpx.Response:
    return admin.post("/v1/denied-subjects", json={"subject": subject, "reason": "Left the company"})


def cases(service: Service, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{service.url}/v1/cases", headers=headers, verify=NO_TLS).status_code


@pytest.mark.parametrize("subject", SUBJECTS)
def test_A78_a_denied_person_is_out_with_the_next_request_and_may_come_back(
    service: Service, provider: Provider, admin: httpx.Client, subject: str
) -> None:
    token, other = provider.token(sub=subject), provider.token(sub=f"{subject}-2")
    assert cases(service, token) == 200
    assert deny(admin, subject).status_code == 200
    assert (cases(service, token), cases(service, provider.token(sub=subject, jti="new"))) == (401, 401)
    assert cases(service, other) == 200
    assert admin.delete("/v1/denied-subjects", params={"subject": subject}).status_code == 204
    assert cases(service, token) == 200


def test_A78_whoever_is_denied_writes_nothing(
    service: Service, provider: Provider, admin: httpx.Client, account_id: str
) -> None:
    headers = {"Authorization": f"Bearer {provider.token(roles='wallet')}"}
    with httpx.Client(base_url=service.url, headers=headers, verify=NO_TLS) as external:
        assert external.post("/v1/login-events", json=login(account_id)).status_code == 201
        deny(admin, "u-1")
        assert external.post("/v1/login-events", json=login(account_id)).status_code == 401
    with service.client("wallet") as wallet:
        assert len(wallet.get(f"/v1/accounts/{account_id}/login-events").json()["items"]) == 1


def test_the_first_denial_stands_and_is_listed(admin: httpx.Client) -> None:
    first = deny(admin, "u-9").json()
    again = admin.post("/v1/denied-subjects", json={"subject": "u-9", "reason": "Once more"})
    assert (again.status_code, again.json()) == (200, first)
    for subject in SUBJECTS:
        deny(admin, subject)
    page = admin.get("/v1/denied-subjects", params={"limit": 3}).json()
    rest = admin.get("/v1/denied-subjects", params={"limit": 3, "cursor": page["next_cursor"]}).json()
    assert sorted(item["subject"] for item in page["items"] + rest["items"]) == sorted([*SUBJECTS, "u-9"])


@pytest.mark.parametrize("subject", ["", "a b", "a\nb", "ü", "x" * 121])
def test_what_can_be_no_subject_is_refused(admin: httpx.Client, subject: str) -> None:
    assert deny(admin, subject).status_code == 422
    assert CliRunner().invoke(root, ["clients", "deny-subject", subject, "--reason", "x"]).exit_code == 1


def test_who_was_not_denied_cannot_be_allowed(admin: httpx.Client) -> None:
    answer = admin.delete("/v1/denied-subjects", params={"subject": "u-77"})
    assert (answer.status_code, answer.json()["code"]) == (404, "subject_not_denied")
    assert CliRunner().invoke(root, ["clients", "allow-subject", "u-77"]).exit_code == 1


def test_it_is_in_the_audit_who_was_denied_by_whom(service: Service, admin: httpx.Client) -> None:
    deny(admin, "u-1")
    admin.delete("/v1/denied-subjects", params={"subject": "u-1"})
    with service.client("auditor") as auditor:
        found: list[dict[str, Any]] = auditor.get("/v1/audit", params={"limit": 2}).json()["items"]
    said = [(entry["action"], entry["subject"], entry["reason"], entry["actor"]["id"]) for entry in found]
    who = service.credentials[Role.ADMIN]["client_id"]
    assert said == [
        ("subject.allowed", "oidc:u-1", None, who),
        ("subject.denied", "oidc:u-1", "Left the company", who),
    ]


def test_the_command_line_denies_and_allows(service: Service, provider: Provider) -> None:
    token = provider.token()
    runner = CliRunner()
    denied = runner.invoke(root, ["clients", "deny-subject", "u-1", "--reason", "Left the company"])
    assert (denied.exit_code, cases(service, token)) == (0, 401), denied.output
    assert runner.invoke(root, ["clients", "allow-subject", "u-1"]).exit_code == 0
    assert cases(service, token) == 200


def test_the_gate_of_an_external_wallet_is_still_one_round_trip(provider: Provider, tmp_path: Path) -> None:
    url = make_url(fresh_database("postgresql"))
    with counted(url.host or "", url.port or 0) as wire:
        through = url.set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)
        running = Service(through, tmp_path, oidc_issuer=provider.issuer)
        headers = {"Authorization": f"Bearer {provider.token(roles='wallet')}"}
        with httpx.Client(base_url=running.url, headers=headers, verify=NO_TLS) as wallet:
            for _ in range(3):
                wallet.post("/v1/login-events", json=login("acct-1")).raise_for_status()
                wallet.get("/v1/accounts/acct-1/standing").raise_for_status()
            counts = []
            for _ in range(5):
                before = wire.round_trips
                wallet.get("/v1/accounts/acct-1/standing?action=transfer").raise_for_status()
                counts.append(wire.round_trips - before)
            # What the service does by itself, once in a while, goes over the same wire.
            assert min(counts) == 1
        running.stop()
