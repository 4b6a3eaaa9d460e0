"""A freeze or an unfreeze asked for again under its key: what stands of it, under the account's lock."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.accounts.service import AccountUnknown
from secmon.cases import approvals
from secmon.cases import service as cases
from secmon.cases.approvals import ApprovalKind, ApprovalStatus
from secmon.database.work import Work
from secmon.freezes.schemas import FreezeResponse, UnfreezeResponse
from secmon.freezes.service import Frozen, active
from secmon.web.replays import Replays, Stored


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
