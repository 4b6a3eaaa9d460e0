"""Credential changes over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from secmon.core.errors import FieldError, Invalid
from secmon.credentials import changes
from secmon.credentials.changes import CHANGE_RULES, Change, ChangeMethod, Credential
from secmon.credentials.schemas import ChangeRequest, ChangeResponse
from secmon.rooms.blueprint import Blueprint
from secmon.web.operation import Answer, operation
from secmon.web.replays import HANDLED_ANEW
from secmon.web.unit_of_work import DATABASE, unit_of_work

CLOCK_SKEW = timedelta(minutes=5)

blp = Blueprint(
    "credentials",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>",
    description="That passwords, phones and addresses changed.",
)


@blp.route("/credential-changes", methods=["POST"])
@operation(
    "events:write",
    body=ChangeRequest,
    answers={201: ChangeResponse, 200: ChangeResponse},
    problems=("identity_unverified", "event_id_reused"),
    example={
        "event_id": "chg-1",
        "occurred_at": "2026-11-22T10:00:00+08:00",
        "credential": "phone",
        "method": "user",
        "ip": "203.0.113.7",
    },
    creates=HANDLED_ANEW,
)
def post_change(account_id: str, body: dict[str, Any]) -> Answer:
    """Report that a password, phone or e-mail address was changed."""
    if body["occurred_at"] > DATABASE.chosen().clock() + CLOCK_SKEW:
        raise Invalid(errors=(FieldError("/occurred_at", "Lies in the future"),))
    body["credential"], body["method"] = Credential(body["credential"]), ChangeMethod(body["method"])
    rules = CHANGE_RULES.chosen()
    with unit_of_work() as work:
        recorded = changes.record(work, account_id, Change(**body), rules)
    return ChangeResponse.show(recorded.change), 201 if recorded.created else 200
