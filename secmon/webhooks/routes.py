"""Webhook endpoints over HTTP, for whoever holds `clients:write`."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.database.work import Work
from secmon.outbox.kinds import Kind
from secmon.rooms.blueprint import Blueprint
from secmon.web.etag import etag, require_match
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.replays import NotShownAgain, Replays, Stored
from secmon.web.unit_of_work import unit_of_work
from secmon.webhooks import secrets, service
from secmon.webhooks.models import WebhookEndpoint
from secmon.webhooks.schemas import (
    EndpointChange,
    EndpointPage,
    EndpointRequest,
    EndpointResponse,
    EndpointSecretResponse,
)
from secmon.webhooks.service import WEBHOOKS, EndpointUnknown, ShownOnce, shown_fields


def secret_again(
    work: Work, stored: Stored, endpoint_id: uuid.UUID | None = None
) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The endpoint as it stands, and its secret. Raises `NotShownAgain` once either is another or gone."""
    webhooks = WEBHOOKS.chosen()
    document = stored.document
    try:
        endpoint = service.lock(work, endpoint_id or uuid.UUID(document["endpoint_id"]))
    except EndpointUnknown:
        raise NotShownAgain from None
    secret = secrets.unseal(webhooks.keys, endpoint.endpoint_id, endpoint.secret)
    if secret != document["secret"]:
        raise NotShownAgain
    shown = EndpointSecretResponse.show({**shown_fields(endpoint), "secret": secret})
    return shown, stored.status, {"ETag": etag(endpoint.version)}


SECRET = Replays(
    "The endpoint as it stands, with its secret while that is the one that signs.",
    secret_again,
    problems=("not_shown_again",),
)

blp = Blueprint(
    "webhook-endpoints", __name__, url_prefix="/v1/webhook-endpoints", description="Where events are sent."
)


@blp.route("", methods=["POST"])
@operation(
    "clients:write",
    body=EndpointRequest,
    creates=SECRET,
    answers={201: EndpointSecretResponse},
    example={"url": "https://wallet.example/secmon", "events": ["login.alert", "account.frozen"]},
    problems=("webhook_url_refused",),
    leads_to=("show_endpoint", "list_deliveries", "rotate_secret", "delete_endpoint"),
)
def create_endpoint(body: dict[str, Any]) -> Answer:
    """Name a URL that is told of events; the secret that signs them is in this answer and nowhere else."""
    with unit_of_work() as work:
        new = service.create(work, WEBHOOKS.chosen(), body["url"], map(Kind, body["events"]))
    return _with_secret(new), 201, _version(new.endpoint)


@blp.route("", methods=["GET"])
@operation("clients:write", of_no_account=True, pages=True, answers={200: EndpointPage})
def list_endpoints() -> Answer:
    """The endpoints, newest first."""
    with unit_of_work(write=False) as work:
        endpoints, next_cursor = service.listed(work, page_request(uuid.UUID))
    return {"items": [_shown(endpoint) for endpoint in endpoints], "next_cursor": next_cursor}


@blp.route("/<uuid:endpoint_id>", methods=["GET"])
@operation(
    "clients:write",
    of_no_account=True,
    versioned=True,
    answers={200: EndpointResponse},
    problems=("webhook_endpoint_unknown",),
    leads_to=("change_endpoint",),
)
def show_endpoint(endpoint_id: uuid.UUID) -> Answer:
    """One endpoint, and whether it is switched on."""
    with unit_of_work(write=False) as work:
        endpoint = service.get(work, endpoint_id)
    return _shown(endpoint), 200, _version(endpoint)


@blp.route("/<uuid:endpoint_id>", methods=["PATCH"])
@operation(
    "clients:write",
    body=EndpointChange,
    versioned=True,
    answers={200: EndpointResponse},
    example={"events": ["login.alert"], "enabled": True},
    problems=("webhook_endpoint_unknown", "webhook_url_refused"),
)
def change_endpoint(endpoint_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Change the URL or the events, or switch the endpoint off or on."""
    with unit_of_work() as work:
        endpoint = service.lock(work, endpoint_id)
        require_match(endpoint.version)
        service.change(work, WEBHOOKS.chosen(), endpoint, **body)
    return _shown(endpoint), 200, _version(endpoint)


@blp.route("/<uuid:endpoint_id>", methods=["DELETE"])
@operation("clients:write", answers={204: "Deleted"}, problems=("webhook_endpoint_unknown",))
def delete_endpoint(endpoint_id: uuid.UUID) -> Answer:
    """Send nothing more there, whatever was still owed."""
    with unit_of_work() as work:
        service.delete(work, endpoint_id)
    return None, 204


@blp.route("/<uuid:endpoint_id>/rotate-secret", methods=["POST"])
@operation(
    "clients:write",
    creates=SECRET,
    answers={200: EndpointSecretResponse},
    problems=("webhook_endpoint_unknown",),
)
def rotate_secret(endpoint_id: uuid.UUID) -> Answer:
    """A new secret; for 24 hours messages are signed with the old one as well."""
    with unit_of_work() as work:
        new = service.rotate(work, WEBHOOKS.chosen(), endpoint_id)
    return _with_secret(new), 200, _version(new.endpoint)


def _version(endpoint: WebhookEndpoint) -> dict[str, str]:
    return {"ETag": etag(endpoint.version)}


def _with_secret(new: ShownOnce) -> dict[str, Any]:
    shown: dict[str, Any] = EndpointSecretResponse.show({**shown_fields(new.endpoint), "secret": new.secret})
    return shown


def _shown(endpoint: WebhookEndpoint) -> dict[str, Any]:
    shown: dict[str, Any] = EndpointResponse.show(shown_fields(endpoint))
    return shown
