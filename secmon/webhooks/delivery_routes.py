"""What became of an endpoint's messages, and sending them again."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.outbox import deliveries
from secmon.outbox.deliveries import ShownDelivery
from secmon.outbox.kinds import DeliveryState
from secmon.rooms.blueprint import Blueprint
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.unit_of_work import unit_of_work
from secmon.webhooks import failures, service
from secmon.webhooks.couriers import receiver_of
from secmon.webhooks.schemas import DeliveryPage, DeliveryQuery, DeliveryResponse, Redriven

blp = Blueprint(
    "webhook-deliveries",
    __name__,
    url_prefix="/v1/webhook-endpoints/<uuid:endpoint_id>/deliveries",
    description="What became of an endpoint's messages.",
)


@blp.route("", methods=["GET"])
@operation(
    "clients:write",
    of_no_account=True,
    query=DeliveryQuery,
    pages=True,
    answers={200: DeliveryPage},
    problems=("webhook_endpoint_unknown",),
    leads_to=("retry_delivery",),
)
def list_deliveries(endpoint_id: uuid.UUID, query: dict[str, Any]) -> Answer:
    """The endpoint's deliveries, newest first; `?state=dead` are those that were given up."""
    state = DeliveryState(query["state"]) if "state" in query else None
    with unit_of_work(write=False) as work:
        service.get(work, endpoint_id)
        rows, next_cursor = deliveries.listed(work, receiver_of(endpoint_id), state, page_request(uuid.UUID))
    return {"items": [_shown(row) for row in rows], "next_cursor": next_cursor}


@blp.route("/<uuid:delivery_id>/retry", methods=["POST"])
@operation(
    "clients:write",
    answers={202: DeliveryResponse},
    problems=("webhook_endpoint_unknown", "delivery_unknown"),
)
def retry_delivery(endpoint_id: uuid.UUID, delivery_id: uuid.UUID) -> Answer:
    """Send it again, with the same id, whether it was delivered, waits or was given up."""
    with unit_of_work() as work:
        service.get(work, endpoint_id)
        shown = deliveries.retry(work, receiver_of(endpoint_id), delivery_id)
    return _shown(shown), 202


@blp.route("/retry-dead", methods=["POST"])
@operation("clients:write", answers={202: Redriven}, problems=("webhook_endpoint_unknown",))
def retry_dead(endpoint_id: uuid.UUID) -> Answer:
    """Begin again with what was given up, oldest first, up to 1,000 at a time."""
    with unit_of_work() as work:
        service.get(work, endpoint_id)
        count = deliveries.redrive(work, receiver_of(endpoint_id))
    return {"redriven": count}, 202


def _shown(row: ShownDelivery) -> dict[str, Any]:
    delivery = row.delivery
    shown: dict[str, Any] = DeliveryResponse.show(
        {
            "delivery_id": delivery.message_id,
            "account_id": delivery.account_id,
            "type": row.kind,
            "owed_at": row.owed_at,
            "state": delivery.state,
            "attempts": delivery.attempts,
            "last_attempt_at": delivery.last_attempt_at,
            "last_status": delivery.last_status,
            "last_error": failures.shown(delivery.last_error),
            "next_attempt_at": delivery.due_at,
        }
    )
    return shown
