"""Resetting a lost factor over HTTP: one person asks, another one decides."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.cases.decisions import DecisionRoutes
from secmon.database.work import Work
from secmon.rooms.blueprint import Blueprint
from secmon.twofactor import resets
from secmon.twofactor.schemas import ApproveReset, RefuseReset, ResetRequest, ResetResponse
from secmon.web.etag import versions_seen
from secmon.web.operation import Answer
from secmon.web.replays import Replays, Stored
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "two-factor-resets",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>/two-factor/reset",
    description="Take a lost second factor away, through a case and by two people.",
)
decisions = DecisionRoutes(blp, "reset", ResetResponse)


def reset_again(work: Work, stored: Stored, account_id: str) -> tuple[dict[str, object], int]:
    """The request as it stands. Raises `AccountUnknown`, `RequestUnknown`."""
    request = resets.asked(work, account_id, uuid.UUID(stored.document["request_id"]))
    return ResetResponse.show(request), stored.status


RESET = Replays("The request as it stands, decided or not.", reset_again)


@decisions.ask(
    "twofactor:reset",
    ResetRequest,
    {"case_id": "019ab0c4-7c1e-7a10-9d53-0d6a5d0f2b11", "reason": "Phone lost, ID document seen."},
    RESET,
    *("no_factor", "identity_unverified", "case_closed"),
)
def ask_reset(account_id: str, body: dict[str, Any]) -> Answer:
    """Ask for the reset of a lost second factor; another person decides."""
    with unit_of_work() as work:
        request = resets.ask(work, account_id, **body)
    return ResetResponse.show(request), 202


@decisions.approve(ApproveReset, "Call-back heard, ID matches.", "no_factor")
def approve_reset(account_id: str, request_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Take the factor away; the owner is told, and enrols another one.

    `If-Match` is the ETag of the case as the approver read it.
    """
    with unit_of_work() as work:
        request = resets.approve(work, account_id, request_id, versions_seen(), **body)
    shown: dict[str, Any] = ResetResponse.show(request)
    return shown


@decisions.refuse(RefuseReset, "The voice did not match.")
def refuse_reset(account_id: str, request_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Refuse: the factor stays."""
    with unit_of_work() as work:
        request = resets.refuse(work, account_id, request_id, **body)
    shown: dict[str, Any] = ResetResponse.show(request)
    return shown
