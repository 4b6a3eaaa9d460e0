"""Freezing and unfreezing over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.accounts.service import AccountUnknown
from secmon.cases import approvals
from secmon.cases import service as cases
from secmon.cases.approvals import ApprovalKind, ApprovalStatus
from secmon.cases.decisions import DecisionRoutes
from secmon.cases.states import CaseChannel
from secmon.database.work import Work
from secmon.freezes import service, unfreeze
from secmon.freezes.aftermath import FREEZE_RULES
from secmon.freezes.reasons import FreezeReason
from secmon.freezes.schemas import (
    ApproveRequest,
    FreezePage,
    FreezeRequest,
    FreezeResponse,
    RefuseRequest,
    UnfreezeRequest,
    UnfreezeResponse,
)
from secmon.freezes.service import Frozen, active
from secmon.rooms.blueprint import Blueprint
from secmon.web.etag import versions_seen
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.replays import Replays, Stored
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "freezes",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>",
    description="Freeze an account, and give it back safely.",
)
decisions = DecisionRoutes(blp, "unfreeze", UnfreezeResponse, path="/unfreeze")


def frozen_still(work: Work, stored: Stored, account_id: str) -> tuple[dict[str, Any], int] | None:
    """The freeze and its case as they stand; None where that freeze is over: nobody is told `active` then."""
    try:
        accounts.lock(work, account_id)
    except AccountUnknown:
        return None
    freeze = active(work, account_id)
    if freeze is None or str(freeze.freeze_id) != stored.document["freeze"]["freeze_id"]:
        return None
    case = cases.lock_of_account(work, account_id, freeze.case_id)
    return FreezeResponse.show(Frozen(freeze, case, created=False)), stored.status


def asked_still(work: Work, stored: Stored, account_id: str) -> tuple[dict[str, Any], int] | None:
    """The request as it stands; None where it was approved and the account is frozen again since."""
    try:
        account = accounts.lock(work, account_id)
    except AccountUnknown:
        return None
    request_id = uuid.UUID(stored.document["request_id"])
    request = approvals.get(work, account_id, request_id, ApprovalKind.UNFREEZE)
    if request.status == ApprovalStatus.APPROVED and account.standing == Standing.FROZEN:
        return None
    return UnfreezeResponse.show(request), stored.status


FREEZE = Replays(
    "The freeze and its case as they stand, while that very freeze does. Handled anew once it was lifted: "
    "the account is frozen again.",
    frozen_still,
)
UNFREEZE = Replays(
    "The request as it stands, decided or not. Handled anew where it was approved and the account is frozen "
    "again since.",
    asked_still,
)


@blp.route("/freeze", methods=["POST"])
@operation(
    "freezes:write",
    body=FreezeRequest,
    answers={201: FreezeResponse, 200: FreezeResponse},
    example={"reason": "theft_reported", "channel": "hotline", "summary": "Phone taken on the metro."},
    creates=FREEZE,
    leads_to=("show_case", "add_note", "add_identity_check", "ask_unfreeze", "ask_reset"),
)
def freeze(account_id: str, body: dict[str, Any]) -> Answer:
    """Freeze an account, known or not, and open its case; frozen already, the report joins the case."""
    cause = service.Cause(
        FreezeReason(body["reason"]),
        CaseChannel(body["channel"]),
        body.get("summary"),
        device_id=body.get("device_id"),
    )
    with unit_of_work() as work:
        done = service.freeze(work, account_id, cause, FREEZE_RULES.chosen().calendar)
    return FreezeResponse.show(done), 201 if done.created else 200


@blp.route("/freezes", methods=["GET"])
@operation("accounts:read", pages=True, answers={200: FreezePage}, problems=("account_unknown",))
def list_freezes(account_id: str) -> Answer:
    """The account's freezes, newest first."""
    with unit_of_work(write=False) as work:
        freezes, next_cursor = service.listed(work, account_id, page_request(uuid.UUID))
    return FreezePage.show({"items": freezes, "next_cursor": next_cursor})


@decisions.ask(
    "freezes:write",
    UnfreezeRequest,
    {
        "case_id": "019ab0c4-7c1e-7a10-9d53-0d6a5d0f2b11",
        "reason": "Owner verified by call-back.",
        "suspected_since": "2026-11-20T18:30:00+08:00",
    },
    UNFREEZE,
    *("not_frozen", "identity_unverified", "case_closed"),
    may_be_done=True,
)
def ask_unfreeze(account_id: str, body: dict[str, Any]) -> Answer:
    """Ask for the end of a freeze; another person decides."""
    chosen = FREEZE_RULES.chosen()
    with unit_of_work() as work:
        asked = unfreeze.ask(work, account_id, chosen.aftermath, second_person=chosen.second_person, **body)
    return UnfreezeResponse.show(asked.request), 200 if asked.unfrozen else 202


@decisions.approve(ApproveRequest, "Call-back heard, ID matches.", "not_frozen")
def approve_unfreeze(account_id: str, request_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Unfreeze: the owner must change the password, and moves no money for 24 hours.

    After a theft the second factor of before is dead, and what was learnt since is taken back. `If-Match` is
    the ETag of the case as the approver read it.
    """
    with unit_of_work() as work:
        request = unfreeze.approve(
            work, account_id, FREEZE_RULES.chosen().aftermath, request_id, versions_seen(), **body
        )
    return UnfreezeResponse.show(request)


@decisions.refuse(RefuseRequest, "The voice did not match.")
def refuse_unfreeze(account_id: str, request_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Refuse: the account stays frozen."""
    with unit_of_work() as work:
        request = unfreeze.refuse(work, account_id, request_id, **body)
    return UnfreezeResponse.show(request)
