"""Asking for an erasure over HTTP: one person of the staff asks, another one decides."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.accounts.erasure import ERASURE
from secmon.cases import erasures
from secmon.cases.approvals import ApprovalStatus
from secmon.cases.decisions import DecisionRoutes
from secmon.cases.replays import ERASURE_ASKED
from secmon.cases.schemas import (
    ApproveErasure,
    ErasureAnswer,
    ErasurePage,
    ErasureRequest,
    RefuseErasure,
)
from secmon.rooms.blueprint import Blueprint
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "erasures",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>/erasure",
    description="Forget an account on the word of two people of the staff.",
)


decisions = DecisionRoutes(blp, "erasure", ErasureAnswer, on_case=False)


@decisions.ask(
    "accounts:write",
    ErasureRequest,
    {"reason": "Written request of the owner, letter 2026-114."},
    ERASURE_ASKED,
    *("legal_hold", "account_restricted"),
)
def ask_erasure(account_id: str, body: dict[str, Any]) -> Answer:
    """Ask for the erasure of an account that nothing restricts; another person decides within a week."""
    with unit_of_work() as work:
        request = erasures.ask(work, account_id, body["reason"], ERASURE.chosen())
    return ErasureAnswer.show(request), 202


@blp.route("", methods=["GET"])
@operation(
    "accounts:read",
    pages=True,
    answers={200: ErasurePage},
    problems=("account_unknown",),
    leads_to=("approve_erasure", "refuse_erasure"),
)
def list_erasures(account_id: str) -> Answer:
    """What was asked for, newest first."""
    with unit_of_work(write=False) as work:
        requests, next_cursor = erasures.listed(work, account_id, page_request(uuid.UUID))
    return ErasurePage.show({"items": requests, "next_cursor": next_cursor})


@decisions.approve(ApproveErasure, "Letter seen, called back.", "legal_hold", "account_restricted")
def approve_erasure(account_id: str, request_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Erase the account's personal data, this request with it."""
    with unit_of_work() as work:
        erasures.approve(work, account_id, request_id, body.get("note"), ERASURE.chosen())
    return ErasureAnswer.show({"request_id": request_id, "status": ApprovalStatus.APPROVED})


@decisions.refuse(RefuseErasure, "The owner knows nothing of it.")
def refuse_erasure(account_id: str, request_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Refuse: the account stays."""
    with unit_of_work() as work:
        request = erasures.refuse(work, account_id, request_id, body["note"])
    return ErasureAnswer.show(request)
