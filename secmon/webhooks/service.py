"""Webhook endpoints: created with a secret that is shown once, changed, rotated, switched off, deleted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from secmon.audit import service as audit
from secmon.core.errors import NotFound
from secmon.core.ids import new_id
from secmon.core.pages import PageRequest
from secmon.database.pages import newest
from secmon.database.work import Work
from secmon.outbox.kinds import Kind
from secmon.sealing.keyring import KeyRing
from secmon.web.parts import Part
from secmon.webhooks import secrets
from secmon.webhooks.addresses import Network
from secmon.webhooks.models import OffReason, WebhookEndpoint
from secmon.webhooks.urls import checked

# Long enough to take the new secret to every receiver by hand.
ROTATION_OVERLAP = timedelta(hours=24)


class EndpointUnknown(NotFound):
    """No such webhook endpoint, or it was deleted."""

    code = "webhook_endpoint_unknown"
    title = "There is no such webhook endpoint"
    advice = "List the endpoints, and take the endpoint_id from there."


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What the operator chose: the ring that seals secrets, and which inner networks may be sent to."""

    keys: KeyRing = field(repr=False)
    allowed_networks: tuple[Network, ...] = ()


WEBHOOKS: Part[Webhooks] = Part("webhooks")


@dataclass(frozen=True, slots=True)
class ShownOnce:
    """An endpoint with the secret that nobody will see again."""

    endpoint: WebhookEndpoint
    secret: str = field(repr=False)


def create(work: Work, webhooks: Webhooks, url: str, events: Iterable[Kind]) -> ShownOnce:
    """An endpoint that is told of `events` from now on; raises `UrlRefused`."""
    endpoint_id, secret = new_id(work.now), secrets.new_secret()
    endpoint = WebhookEndpoint(
        endpoint_id=endpoint_id,
        url=checked(url, webhooks.allowed_networks),
        events=sorted(set(events)),
        secret=secrets.seal(webhooks.keys, endpoint_id, secret),
        created_at=work.now,
    )
    work.session.add(endpoint)
    work.session.flush()
    _record(work, "webhook_endpoint.created", endpoint)
    return ShownOnce(endpoint, secret)


def change(
    work: Work,
    webhooks: Webhooks,
    endpoint: WebhookEndpoint,
    *,
    url: str | None = None,
    events: Iterable[Kind] | None = None,
    enabled: bool | None = None,
) -> WebhookEndpoint:
    """Changes what is given. Switched on again, it is first sent what was owed when it was switched off."""
    if url is not None:
        endpoint.url = checked(url, webhooks.allowed_networks)
    if events is not None:
        endpoint.events = sorted(set(events))
    if enabled is True:
        endpoint.off_since = endpoint.off_reason = None
    if enabled is False and endpoint.off_since is None:
        endpoint.off_since, endpoint.off_reason = work.now, OffReason.OPERATOR
    endpoint.version += 1
    _record(work, "webhook_endpoint.changed", endpoint)
    return endpoint


def rotate(work: Work, webhooks: Webhooks, endpoint_id: uuid.UUID) -> ShownOnce:
    """A new secret; for `ROTATION_OVERLAP` messages are signed with the old one as well."""
    endpoint = lock(work, endpoint_id)
    secret = secrets.new_secret()
    endpoint.former_secret = endpoint.secret
    endpoint.former_secret_until = work.now + ROTATION_OVERLAP
    endpoint.secret = secrets.seal(webhooks.keys, endpoint_id, secret)
    endpoint.version += 1
    _record(work, "webhook_endpoint.rotated", endpoint)
    return ShownOnce(endpoint, secret)


def switch_off_gone(work: Work, endpoint_id: uuid.UUID) -> bool:
    """Its receiver answered 410. Answers whether it was this that switched the endpoint off."""
    endpoint = work.session.get(WebhookEndpoint, endpoint_id, with_for_update=True)
    if endpoint is None or endpoint.off_since is not None:
        return False
    endpoint.off_since, endpoint.off_reason = work.now, OffReason.GONE
    endpoint.version += 1
    _record(work, "webhook_endpoint.gone", endpoint)
    return True


def delete(work: Work, endpoint_id: uuid.UUID) -> None:
    """Nothing more is sent to it, whatever it was still owed."""
    endpoint = lock(work, endpoint_id)
    work.session.delete(endpoint)
    _record(work, "webhook_endpoint.deleted", endpoint)


def get(work: Work, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    """Raises `EndpointUnknown`."""
    return _known(work.session.get(WebhookEndpoint, endpoint_id))


def lock(work: Work, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    """As `get`, locked until the transaction ends."""
    return _known(work.session.get(WebhookEndpoint, endpoint_id, with_for_update=True))


def listed(work: Work, wanted: PageRequest) -> tuple[list[WebhookEndpoint], str | None]:
    """One page, newest first, and the next cursor; the key is the id."""
    return newest(work, select(WebhookEndpoint), (WebhookEndpoint.endpoint_id,), wanted)


def switched_on(work: Work) -> Sequence[WebhookEndpoint]:
    """All endpoints that are sent to."""
    return work.session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.off_since.is_(None))).all()


def everyone(work: Work) -> Sequence[WebhookEndpoint]:
    """All endpoints, on or off."""
    return work.session.scalars(select(WebhookEndpoint)).all()


def _known(endpoint: WebhookEndpoint | None) -> WebhookEndpoint:
    if endpoint is None:
        raise EndpointUnknown
    return endpoint


def _record(work: Work, action: str, endpoint: WebhookEndpoint) -> None:
    audit.record(
        work,
        None,
        action,
        subject=str(endpoint.endpoint_id),
        facts={"events": endpoint.events, "on": endpoint.off_since is None},
    )


def shown_fields(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """What is shown of it, without its secret, and whether it is switched on."""
    return {
        "endpoint_id": endpoint.endpoint_id,
        "url": endpoint.url,
        "events": endpoint.events,
        "enabled": endpoint.off_since is None,
        "disabled_at": endpoint.off_since,
        "disabled_reason": endpoint.off_reason,
        "former_secret_until": endpoint.former_secret_until,
        "created_at": endpoint.created_at,
    }
