"""R42: who stands behind a client, said by an administrator; a person of the identity provider is one too."""

from __future__ import annotations

import uuid

import httpx
import pytest
from sqlalchemy import select

from secmon.audit.models import AuditEntry
from tests.cases import desk
from tests.clients.provider import Provider
from tests.databases import fresh_database
from tests.service import NO_TLS, Service


def test_a_client_is_shown_with_its_person_and_without_one_is_its_own(admin: httpx.Client) -> None:
    person = f"p-{uuid.uuid4()}"
    named = admin.post("/v1/clients", json={"name": "x", "role": "agent", "person_id": person}).json()
    assert admin.get(f"/v1/clients/{named['client_id']}").json()["person_id"] == person
    unnamed = admin.post("/v1/clients", json={"name": "x", "role": "agent"}).json()
    assert unnamed["person_id"] == unnamed["client_id"]
    wallet = admin.post("/v1/clients", json={"name": "x", "role": "wallet"}).json()
    assert wallet["person_id"] is None
    # A client that names nobody goes by its own id, and that person is taken as well.
    taken = {"name": "y", "role": "agent", "person_id": unnamed["client_id"]}
    assert desk.code(admin.post("/v1/clients", json=taken)) == (409, "person_taken")
    same = admin.patch(f"/v1/clients/{named['client_id']}", json={"person_id": person})
    assert same.json()["person_id"] == person


@pytest.mark.parametrize("person", ["", "x" * 129, "with space", "李娜", "line\nbreak"])
def test_a_person_goes_by_visible_characters(admin: httpx.Client, person: str) -> None:
    answer = admin.post("/v1/clients", json={"name": "x", "role": "agent", "person_id": person})
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/person_id"}


def test_a_service_is_no_person(admin: httpx.Client) -> None:
    body = {"name": "x", "role": "wallet", "person_id": "somebody"}
    assert admin.post("/v1/clients", json=body).json()["errors"][0]["pointer"] == "/person_id"
    made = admin.post("/v1/clients", json={"name": "x", "role": "wallet"}).json()
    assert admin.patch(f"/v1/clients/{made['client_id']}", json={"person_id": "x"}).status_code == 422
    unknown = admin.patch(f"/v1/clients/{uuid.uuid4()}", json={"person_id": "x"})
    assert desk.code(unknown) == (404, "client_unknown")


def test_whose_client_it_is_said_to_be_is_in_the_audit(service: Service, admin: httpx.Client) -> None:
    client_id = admin.post("/v1/clients", json={"name": "x", "role": "agent"}).json()["client_id"]
    person = f"p-{uuid.uuid4()}"
    for _ in range(2):
        admin.patch(f"/v1/clients/{client_id}", json={"person_id": person}).raise_for_status()
    with service.work(write=False) as work:
        found = work.session.scalars(select(AuditEntry).where(AuditEntry.subject == client_id))
        actions = sorted(entry.action for entry in found)
    assert actions == ["client.created", "client.person_set"]


@pytest.mark.parametrize("first", ["client", "subject"])
def test_A67_a_person_of_the_identity_provider_and_their_client_are_one(
    tmp_path_factory: pytest.TempPathFactory, first: str
) -> None:
    provider = Provider()
    service = Service(
        fresh_database("sqlite"),
        tmp_path_factory.mktemp("oidc"),
        oidc_issuer=provider.issuer,
        oidc_audience="secmon",
        oidc_role_claim="roles",
    )
    try:
        body = {"name": "Wang Fang", "role": "supervisor", "person_id": "oidc:u-1"}
        service.credentials["fang"] = service.client("admin").post("/v1/clients", json=body).json()
        headers = {"Authorization": f"Bearer {provider.token()}"}
        agent, client = service.client("agent"), service.client("fang")
        subject = httpx.Client(base_url=service.url, headers=headers, verify=NO_TLS)
        asking, deciding = (client, subject) if first == "client" else (subject, client)
        case_id = desk.freeze(agent, "acct-oidc")["case"]["case_id"]
        desk.check_identity(agent, case_id).raise_for_status()
        request_id = desk.ask_unfreeze(asking, "acct-oidc", case_id).json()["request_id"]
        own = desk.decide(deciding, "acct-oidc", request_id)
        assert desk.code(own) == (403, "second_person_required")
        assert desk.decide(service.client("supervisor"), "acct-oidc", request_id).status_code == 200
    finally:
        service.stop()
        provider.stop()
