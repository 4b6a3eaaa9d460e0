"""The endpoints that are switched on: which events each wants, and the courier that goes there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

import structlog

from secmon.database.work import Work
from secmon.outbox.sending import Courier
from secmon.outbox.spreading import Unspread
from secmon.sealing.keyring import KeyRingError
from secmon.webhooks import secrets, service
from secmon.webhooks.models import OffReason, WebhookEndpoint
from secmon.webhooks.sending import WebhookCourier
from secmon.webhooks.service import Webhooks

log = structlog.get_logger(__name__)

# What a courier is made of: when this changes, a new one is made.
_Make = tuple[int, bool]


def receiver_of(endpoint_id: uuid.UUID) -> str:
    """The endpoint's name in the outbox."""
    return str(endpoint_id)


def receivers(work: Work) -> dict[str, bool]:
    """Every endpoint that there is, on or off, by its name in the outbox; whether what it is owed ends.

    It does, in time, where a 410 switched the endpoint off: nobody may have noticed.
    """
    return {
        receiver_of(endpoint.endpoint_id): endpoint.off_reason == OffReason.GONE
        for endpoint in service.everyone(work)
    }


def subscribed(work: Work, messages: Sequence[Unspread]) -> Iterator[tuple[Unspread, str]]:
    """Each message with each endpoint that wants its kind.

    One that a 410 switched off is owed it too, for a while: a single stray answer must not lose what comes
    before somebody switches it on again, "end all sessions" perhaps.
    """
    wanted = {
        receiver_of(endpoint.endpoint_id): frozenset(endpoint.events)
        for endpoint in service.everyone(work)
        if endpoint.off_reason in {None, OffReason.GONE}
    }
    for message in messages:
        for receiver, events in wanted.items():
            if message.kind in events:
                yield message, receiver


class WebhookCouriers:
    """Keeps each endpoint's courier, and with it the connections, until the endpoint is changed."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks
        self._kept: dict[uuid.UUID, tuple[_Make, WebhookCourier]] = {}
        # Endpoints whose secret cannot be read, each at the version that was told of.
        self._unreadable: dict[uuid.UUID, int] = {}

    def __call__(self, work: Work) -> Mapping[str, Courier]:
        endpoints = service.switched_on(work)
        for endpoint_id in self._kept.keys() - {endpoint.endpoint_id for endpoint in endpoints}:
            self._kept.pop(endpoint_id)[1].close()
        couriers: dict[str, Courier] = {}
        for endpoint in endpoints:
            try:
                couriers[receiver_of(endpoint.endpoint_id)] = self._courier(endpoint, work.now)
            except KeyRingError as error:
                self._tell_unreadable(endpoint, error)
        return couriers

    def _tell_unreadable(self, endpoint: WebhookEndpoint, error: KeyRingError) -> None:
        # Couriers are asked for several times a second; what is wrong is said once a change.
        if self._unreadable.get(endpoint.endpoint_id) != endpoint.version:
            self._unreadable[endpoint.endpoint_id] = endpoint.version
            log.error("webhook_secret_unreadable", endpoint_id=str(endpoint.endpoint_id), exc_info=error)

    def _courier(self, endpoint: WebhookEndpoint, now: datetime) -> WebhookCourier:
        until = endpoint.former_secret_until
        make = endpoint.version, until is not None and now < until
        kept = self._kept.get(endpoint.endpoint_id)
        if kept is not None:
            if kept[0] == make:
                return kept[1]
            kept[1].close()
        courier = self._made(endpoint, with_former_secret=make[1])
        self._kept[endpoint.endpoint_id] = make, courier
        return courier

    def _made(self, endpoint: WebhookEndpoint, *, with_former_secret: bool) -> WebhookCourier:
        sealed = [endpoint.secret]
        if with_former_secret and endpoint.former_secret is not None:
            sealed.append(endpoint.former_secret)
        keys, endpoint_id = self._webhooks.keys, endpoint.endpoint_id
        return WebhookCourier(
            endpoint.url,
            [secrets.unseal(keys, endpoint_id, each) for each in sealed],
            self._webhooks.allowed_networks,
            partial(_switch_off, endpoint_id),
        )


def _switch_off(endpoint_id: uuid.UUID, work: Work) -> None:
    if service.switch_off_gone(work, endpoint_id):
        log.warning("webhook_endpoint_gone", endpoint_id=str(endpoint_id))
