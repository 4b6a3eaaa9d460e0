"""Managing clients over HTTP."""

from __future__ import annotations

import uuid

import httpx
import pytest
from sqlalchemy import select

from secmon.audit.models import AuditEntry
from secmon.clients.models import Client
from secmon.clients.scopes import SCOPES_OF, Role
from secmon.web.idempotency import IdempotencyKey
from tests.clients.conftest import Ask
from tests.service import Service


def test_a_new_client_can_get_a_token_until_it_is_revoked(admin: httpx.Client, ask: Ask) -> None:
    created = admin.post("/v1/clients", json={"name": "李娜", "role": "agent"})
    assert created.status_code == 201
    new = created.json()
    assert (new["kind"], new["scopes"]) == ("staff", sorted(SCOPES_OF[Role.AGENT]))
    credentials = (new["client_id"], new["client_secret"])
    assert ask(auth=credentials).status_code == 200

    for _ in range(2):
        assert admin.delete(f"/v1/clients/{new['client_id']}").status_code == 204
    assert ask(auth=credentials).status_code == 401
    assert admin.get(f"/v1/clients/{new['client_id']}").json()["revoked_at"] is not None


def test_a_secret_is_shown_once_and_stored_nowhere(service: Service, admin: httpx.Client) -> None:
    new = admin.post("/v1/clients", json={"name": "x", "role": "auditor"}).json()
    shown = admin.get(f"/v1/clients/{new['client_id']}").text + admin.get("/v1/clients").text
    assert "secret" not in shown
    with service.work(write=False) as work:
        stored = [client.secret_hash for client in work.session.scalars(select(Client))]
    assert all(new["client_secret"].encode() not in kept and len(kept) == 32 for kept in stored)


def test_a_repeated_request_makes_no_second_client_and_stores_no_secret(
    service: Service, admin: httpx.Client
) -> None:
    body, headers = {"name": "x", "role": "auditor"}, {"Idempotency-Key": f"new-client-{uuid.uuid4()}"}
    first, second = (admin.post("/v1/clients", json=body, headers=headers).json() for _ in range(2))
    assert first == second
    with service.work(write=False) as work:
        kept = work.session.scalars(select(IdempotencyKey.answer)).all()
    assert kept
    assert all(first["client_secret"].encode() not in answer for answer in kept)


def test_the_list_is_newest_first_and_in_pages(admin: httpx.Client) -> None:
    made = [admin.post("/v1/clients", json={"name": str(n), "role": "admin"}).json() for n in range(3)]
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = admin.get("/v1/clients", params=params).raise_for_status().json()
        seen += [client["client_id"] for client in page["items"]]
        cursor = page["next_cursor"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen))
    assert {one["client_id"] for one in made} <= set(seen)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"role": "agent"}, "/name"),
        ({"name": "", "role": "agent"}, "/name"),
        ({"name": "x" * 81, "role": "agent"}, "/name"),
        ({"name": "x", "role": "root"}, "/role"),
        ({"name": "x", "role": "agent", "kind": "system"}, "/kind"),
        ({"name": "x", "role": "wallet", "kind": "staff"}, "/kind"),
        ({"name": "x", "role": "agent", "scopes": ["clients:write"]}, "/scopes"),
    ],
)
def test_what_does_not_fit_is_refused(admin: httpx.Client, body: dict[str, str], pointer: str) -> None:
    answer = admin.post("/v1/clients", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_an_unknown_client_is_not_found(admin: httpx.Client) -> None:
    path = "/v1/clients/00000000-0000-7000-8000-000000000000"
    for answer in (admin.get(path), admin.delete(path)):
        assert (answer.status_code, answer.json()["code"]) == (404, "client_unknown")


def test_who_created_and_revoked_a_client_is_in_the_audit(service: Service, admin: httpx.Client) -> None:
    client_id = admin.post("/v1/clients", json={"name": "x", "role": "agent"}).json()["client_id"]
    admin.delete(f"/v1/clients/{client_id}")
    with service.work(write=False) as work:
        found = work.session.scalars(select(AuditEntry).where(AuditEntry.subject == client_id))
        entries = [(entry.action, entry.actor_id) for entry in found]
    by = service.credentials["admin"]["client_id"]
    assert sorted(entries) == [("client.created", by), ("client.revoked", by)]
