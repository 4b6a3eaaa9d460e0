"""Clients over HTTP, for whoever holds `clients:write`."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from secmon.clients import persons, service
from secmon.clients.models import Client
from secmon.clients.schemas import (
    ClientPage,
    ClientRequest,
    ClientResponse,
    NewClientResponse,
    PersonRequest,
)
from secmon.clients.scopes import SCOPES_OF, Role
from secmon.core.actor import ActorKind
from secmon.database.work import Work
from secmon.rooms.blueprint import Blueprint
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.replays import NotShownAgain, Replays, Stored
from secmon.web.unit_of_work import unit_of_work


def secret_again(work: Work, stored: Stored) -> Response:
    """The answer with the secret. Raises `NotShownAgain` once it was used, or its client is revoked."""
    client = service.get(work, uuid.UUID(stored.document["client_id"]))
    if client.revoked_at is not None or client.secret_used_at is not None:
        raise NotShownAgain
    return stored.response()


CREATED = Replays(
    "The client with its secret until a token was had for it, and not once it is revoked.",
    secret_again,
    problems=("not_shown_again",),
)

blp = Blueprint("clients", __name__, url_prefix="/v1/clients", description="Who may call.")


@blp.route("", methods=["POST"])
@operation(
    "clients:write",
    body=ClientRequest,
    answers={201: NewClientResponse},
    example={"name": "Li Na, support", "role": "agent", "person_id": "li.na"},
    creates=CREATED,
    problems=("person_taken",),
    leads_to=("show_client", "name_person", "revoke_client"),
)
def create_client(body: dict[str, Any]) -> Answer:
    """Create a client; its secret is in this answer and nowhere else."""
    kind = ActorKind(body["kind"]) if "kind" in body else None
    with unit_of_work() as work:
        new = service.create(
            work, name=body["name"], role=Role(body["role"]), kind=kind, person_id=body.get("person_id")
        )
    return NewClientResponse.show({**_shown(new.client), "client_secret": new.secret}), 201


@blp.route("", methods=["GET"])
@operation("clients:write", of_no_account=True, pages=True, answers={200: ClientPage})
def list_clients() -> Answer:
    """The clients, newest first, revoked ones too."""
    with unit_of_work(write=False) as work:
        clients, next_cursor = service.listed(work, page_request(uuid.UUID))
    return {
        "items": [ClientResponse.show(_shown(client)) for client in clients],
        "next_cursor": next_cursor,
    }


@blp.route("/<uuid:client_id>", methods=["GET"])
@operation("clients:write", of_no_account=True, answers={200: ClientResponse}, problems=("client_unknown",))
def show_client(client_id: uuid.UUID) -> Answer:
    """One client."""
    with unit_of_work(write=False) as work:
        client = service.get(work, client_id)
    return ClientResponse.show(_shown(client)), 200


@blp.route("/<uuid:client_id>", methods=["PATCH"])
@operation(
    "clients:write",
    body=PersonRequest,
    answers={200: ClientResponse},
    example={"person_id": "oidc:li.na"},
    problems=("client_unknown", "person_taken"),
)
def name_person(client_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Say which person stands behind a client of the staff; tokens that it holds stop working."""
    with unit_of_work() as work:
        client = service.stand_for(work, client_id, body["person_id"])
    return ClientResponse.show(_shown(client))


@blp.route("/<uuid:client_id>", methods=["DELETE"])
@operation("clients:write", answers={204: "Revoked"}, problems=("client_unknown",))
def revoke_client(client_id: uuid.UUID) -> Answer:
    """Revoke a client: its secret and its tokens stop working at once."""
    with unit_of_work() as work:
        service.revoke(work, client_id)
    return None, 204


def _shown(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "name": client.name,
        "role": client.role,
        "kind": client.kind,
        "person_id": persons.shown(client),
        "scopes": sorted(SCOPES_OF[Role(client.role)]),
        "created_at": client.created_at,
        "revoked_at": client.revoked_at,
    }
