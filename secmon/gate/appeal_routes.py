"""Appeals against holds over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.cases.states import CaseChannel
from secmon.database.work import Work
from secmon.gate import appeals
from secmon.gate.appeals import AppealStatus
from secmon.gate.schemas import AppealRequest, AppealResponse, AppealVerdict
from secmon.rooms.blueprint import Blueprint
from secmon.web.etag import versions_seen
from secmon.web.operation import Answer, operation
from secmon.web.replays import Replays, Stored
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "hold-appeals",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>/holds/<uuid:hold_id>/appeal",
    description="The way back: somebody who neither made a hold nor asked looks at it again.",
)
DECIDE = (
    *("account_unknown", "hold_unknown", "hold_over", "appeal_unknown", "appeal_decided"),
    *("staff_required", "second_person_required", "case_changed", "case_closed", "identity_unverified"),
)


def again(work: Work, _stored: Stored, account_id: str, hold_id: uuid.UUID) -> tuple[dict[str, object], int]:
    """The latest appeal as it stands."""
    return AppealResponse.show(appeals.latest(work, account_id, hold_id)), 201


@blp.route("", methods=["POST"])
@operation(
    "freezes:write",
    body=AppealRequest,
    answers={201: AppealResponse},
    creates=Replays("The appeal as it stands, decided or not.", again, problems=("appeal_unknown",)),
    problems=("account_unknown", "hold_unknown", "hold_over"),
    example={"text": "I bought a new phone yesterday.", "channel": "in_app"},
    leads_to=("uphold_appeal", "refuse_appeal"),
)
def ask_appeal(account_id: str, hold_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Appeal against a hold, as its owner or for the owner: it opens a case of four hours, day and night."""
    channel = CaseChannel(body["channel"])
    with unit_of_work() as work:
        appeal = appeals.ask(work, account_id, hold_id, body["text"], channel)
    return AppealResponse.show(appeal), 201


@blp.route("", methods=["GET"])
@operation("accounts:read", answers={200: AppealResponse}, problems=("account_unknown", "appeal_unknown"))
def show_appeal(account_id: str, hold_id: uuid.UUID) -> Answer:
    """The latest appeal against a hold."""
    with unit_of_work(write=False) as work:
        appeal = appeals.latest(work, account_id, hold_id)
    return AppealResponse.show(appeal)


@blp.route("/uphold", methods=["POST"])
@operation(
    "unfreezes:approve",
    body=AppealVerdict,
    answers={200: AppealResponse},
    conditional=True,
    problems=DECIDE,
    example={"note": "ID document seen; the phone is the owner's."},
)
def uphold_appeal(account_id: str, hold_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """The hold was wrong, or is needed no longer: it is over at once, and the owner is told."""
    return _decide(account_id, hold_id, AppealStatus.UPHELD, body["note"])


@blp.route("/refuse", methods=["POST"])
@operation(
    "unfreezes:approve",
    body=AppealVerdict,
    answers={200: AppealResponse},
    conditional=True,
    problems=DECIDE,
    example={"note": "The voice did not match."},
)
def refuse_appeal(account_id: str, hold_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """The hold stays."""
    return _decide(account_id, hold_id, AppealStatus.REFUSED, body["note"])


def _decide(account_id: str, hold_id: uuid.UUID, verdict: AppealStatus, note: str) -> Answer:
    with unit_of_work() as work:
        appeal = appeals.decide(work, account_id, hold_id, verdict, note, versions_seen())
    return AppealResponse.show(appeal)
