"""Seeds and recovery codes under their key: shown again while nobody had any use of them, and no longer."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from secmon.accounts import service as accounts
from secmon.accounts.service import AccountUnknown
from secmon.database.work import Work
from secmon.twofactor import recovery, reset
from secmon.twofactor.factor import recovery_context
from secmon.twofactor.factors import FACTORS
from secmon.twofactor.models import RecoveryCode, SecondFactor, TotpEnrolment
from secmon.twofactor.schemas import ResetResponse
from secmon.twofactor.standing import refuse_frozen
from secmon.web.operation import Answer
from secmon.web.replays import NotShownAgain, Replays, Stored


def seed_again(work: Work, stored: Stored, account_id: str) -> Answer:
    """The seed while its enrolment waits. Raises `AccountFrozen`; `NotShownAgain` once it was confirmed,
    started anew, or is over.
    """
    _lock(work, account_id)
    waiting = work.session.get(TotpEnrolment, account_id, populate_existing=True)
    if stored.refused:
        return stored.response()
    if waiting is None or waiting.expires_at <= work.now:
        raise NotShownAgain
    if str(waiting.enrolment_id) != stored.document["enrolment_id"]:
        raise NotShownAgain
    return stored.response()


def codes_again(work: Work, stored: Stored, account_id: str) -> Answer:
    """The recovery codes while they are all good. Raises `AccountFrozen`; `NotShownAgain` once one of them
    was used, or others came in their place.
    """
    _lock(work, account_id)
    if not stored.refused and _good(work, account_id) != _digests(work, account_id, stored):
        raise NotShownAgain
    return stored.response()


def reset_again(work: Work, stored: Stored, account_id: str) -> tuple[dict[str, object], int]:
    """The request as it stands. Raises `AccountUnknown`, `RequestUnknown`."""
    request = reset.asked(work, account_id, uuid.UUID(stored.document["request_id"]))
    return ResetResponse.show(request), stored.status


def _lock(work: Work, account_id: str) -> None:
    """Whoever had the account frozen does not want its secrets shown, not even those shown before."""
    try:
        account = accounts.lock(work, account_id)
    except AccountUnknown:
        raise NotShownAgain from None
    refuse_frozen(account.standing)


def _good(work: Work, account_id: str) -> set[bytes]:
    query = select(RecoveryCode.digest).where(RecoveryCode.account_id == account_id)
    return set(work.session.scalars(query))


def _digests(work: Work, account_id: str, stored: Stored) -> set[bytes]:
    """What would be stored of the codes in the answer, were they those of the factor that is enrolled."""
    factors = FACTORS.chosen()
    row = work.session.get(SecondFactor, account_id, populate_existing=True)
    if row is None or row.recovery_key is None:
        raise NotShownAgain
    key = factors.keys.decrypt(row.recovery_key, recovery_context(account_id))
    return {recovery.digest(key, code) for code in stored.document["recovery_codes"]}


_GONE = ("not_shown_again",)
SEED = Replays(
    "The enrolment while it waits for its first code, and not once that came.", seed_again, problems=_GONE
)
CODES = Replays("The recovery codes while all of them are good.", codes_again, problems=_GONE)
RESET = Replays("The request as it stands, decided or not.", reset_again)
