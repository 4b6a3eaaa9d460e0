"""Alerts over HTTP: listed, shown, and answered by the owner in the wallet's app."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.alerts import answering, service
from secmon.alerts.answering import ANSWER_RULES, Answer, Answered
from secmon.alerts.schemas import AlertCase, AlertInFull, AlertPage, AnswerRequest
from secmon.rooms.blueprint import Blueprint
from secmon.web import viewing
from secmon.web.operation import Answer as HttpAnswer
from secmon.web.operation import operation
from secmon.web.query import page_request
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint("alerts", __name__, url_prefix="/v1", description='"Was this you?", and what the owner says.')


@blp.route("/accounts/<identifier:account_id>/alerts", methods=["GET"])
@operation(
    "accounts:read",
    pages=True,
    answers={200: AlertPage},
    problems=("account_unknown",),
    leads_to=("show_alert", "answer_alert"),
)
def list_alerts(account_id: str) -> HttpAnswer:
    """The account's alerts, newest first."""
    with unit_of_work(write=False) as work:
        alerts, next_cursor = service.listed(work, account_id, page_request(uuid.UUID))
    return AlertPage.show({"items": alerts, "next_cursor": next_cursor})


@blp.route("/alerts/<uuid:alert_id>", methods=["GET"])
@operation(
    "accounts:read", answers={200: AlertInFull}, problems=("alert_unknown",), leads_to=("answer_alert",)
)
def show_alert(alert_id: uuid.UUID) -> HttpAnswer:
    """One alert, and what its owner said."""
    with unit_of_work(write=False) as work:
        alert = service.get(work, alert_id)
        viewing.note(alert.account_id)
        return _in_full(Answered(alert, answering.case_of(work, alert)))


@blp.route("/alerts/<uuid:alert_id>/answer", methods=["POST"])
@operation(
    "accounts:write",
    body=AnswerRequest,
    answers={200: AlertInFull},
    example={"answer": "not_me"},
    problems=("alert_unknown", "alert_answered", "alert_closed", "account_frozen", "identity_unverified"),
    leads_to=("show_case",),
)
def answer_alert(alert_id: uuid.UUID, body: dict[str, Any]) -> HttpAnswer:
    """Say what the owner says: `was_me` may trust the device; `not_me` freezes, opens a case, ends sessions.

    A login that was denied, or whose challenge failed, is not made good by `was_me`: the alert rests, and
    `vouched` is false. Staff say `was_me` with the `case_id` on which they have checked the owner's identity.
    """
    rules = ANSWER_RULES.chosen()
    with unit_of_work() as work:
        said = Answer(body["answer"])
        answered = answering.answer(work, alert_id, said, rules, case_id=body.get("case_id"))
    return _in_full(answered)


def _in_full(answered: Answered) -> dict[str, Any]:
    shown: dict[str, Any] = AlertInFull.show(answered.alert)
    return shown | {"case": None if answered.case is None else AlertCase.show(answered.case)}
