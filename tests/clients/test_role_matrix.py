"""A24: every role on every route, made from the routes that exist; A36 and R19 on each of them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from secmon.clients import service as clients
from secmon.clients.scopes import SCOPES_OF, Role
from secmon.web.guard import operations
from secmon.web.operation import OPEN, Operation
from tests.service import NO_TLS, Service

# What each kind of path argument is filled with: well-formed, and unknown to the service.
FILLING = {"identifier": "acct-nobody", "uuid": str(uuid.UUID(int=7)), "string": "x"}
ARGUMENT = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")
OPEN_ROUTES = {
    "/.well-known/jwks.json",
    "/alerts/<token>",
    "/docs",
    "/docs/<name>",
    "/livez",
    "/metrics",
    "/oauth/token",
    "/openapi.json",
    "/problems",
    "/problems/<code>",
    "/readyz",
}


@dataclass(frozen=True)
class Call:
    """One guarded route, with a request that its guard must answer for."""

    method: str
    path: str
    declared: Operation

    def send(self, client: httpx.Client, body: Mapping[str, Any], **headers: str) -> httpx.Response:
        takes_body = self.declared.body is not None or self.declared.example is not None
        return client.request(self.method, self.path, json=body if takes_body else None, headers=headers)


def guarded(service: Service) -> Iterator[Call]:
    declared = operations(service.app)
    for rule in service.app.url_map.iter_rules():
        if declared[rule.endpoint].scope != OPEN:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Call(method, filled(rule.rule), declared[rule.endpoint])


def filled(rule: str) -> str:
    return ARGUMENT.sub(lambda argument: FILLING[argument["kind"] or "string"], rule)


@pytest.mark.parametrize("role", Role)
def test_a24_a_role_may_do_what_the_table_says_and_nothing_else(service: Service, role: Role) -> None:
    with service.client(role) as client:
        for call in guarded(service):
            answer = call.send(client, {})
            refused = answer.status_code == 403 and answer.json()["code"] == "insufficient_scope"
            allowed = call.declared.scope in SCOPES_OF[role]
            assert refused is not allowed, (role, call.method, call.path, answer.text)
            assert answer.status_code != 401


def test_every_guarded_route_refuses_a_caller_without_a_token(service: Service) -> None:
    with httpx.Client(base_url=service.url, verify=NO_TLS) as nobody:
        for call in guarded(service):
            answer = call.send(nobody, {})
            assert answer.status_code == 401, (call.method, call.path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", Role)
def test_a36_a_revoked_client_is_refused_on_every_route_it_could_use(service: Service, role: Role) -> None:
    """With 401; or, where a route wants a person, for being none: the token says so, revoked or not."""
    with service.work() as work:
        new = clients.create(work, name=f"soon revoked {role}", role=role)
    form = {"grant_type": "client_credentials"}
    credentials = (str(new.client.client_id), new.secret)
    token = httpx.post(f"{service.url}/oauth/token", data=form, auth=credentials, verify=NO_TLS).json()[
        "access_token"
    ]
    with service.work() as work:
        clients.revoke(work, new.client.client_id)
    could_use = [call for call in guarded(service) if call.declared.scope in SCOPES_OF[role]]
    assert could_use, f"no route is for a client of the role {role}"
    with httpx.Client(base_url=service.url, verify=NO_TLS) as client:
        for call in could_use:
            # Fields are read before the database is asked, so this takes a body that fits.
            answer = call.send(client, call.declared.example or {}, Authorization=f"Bearer {token}")
            refused = answer.status_code == 401 or answer.json()["code"] == "staff_required"
            assert refused, (call.method, call.path, answer.text)


def test_no_route_is_open_but_those_that_the_documentation_lists(service: Service) -> None:
    declared = operations(service.app)
    rules = service.app.url_map.iter_rules()
    found = {rule.rule for rule in rules if declared[rule.endpoint].scope == OPEN}
    assert found <= OPEN_ROUTES


def test_every_scope_that_a_route_names_is_in_the_table(service: Service) -> None:
    known = frozenset().union(*SCOPES_OF.values()) | {OPEN}
    assert {declared.scope for declared in operations(service.app).values()} <= known
