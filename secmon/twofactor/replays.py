"""A seed and recovery codes under their key again: shown while nobody had any use of them, and no longer."""

from __future__ import annotations

from sqlalchemy import select

from secmon.accounts import service as accounts
from secmon.accounts.service import AccountUnknown
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRing
from secmon.twofactor import recovery_codes
from secmon.twofactor.models import RecoveryCode, RecoveryCodeSet, TotpEnrolment
from secmon.twofactor.verification import refuse_frozen
from secmon.web.operation import Answer
from secmon.web.replays import NotShownAgain, Stored


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


def codes_again(work: Work, stored: Stored, account_id: str, keys: KeyRing) -> Answer:
    """The recovery codes while they are all good. Raises `AccountFrozen`; `NotShownAgain` once one of them
    was used, or others came in their place.
    """
    _lock(work, account_id)
    if not stored.refused and _good(work, account_id) != _digests(work, account_id, stored, keys):
        raise NotShownAgain
    return stored.response()


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


def _digests(work: Work, account_id: str, stored: Stored, keys: KeyRing) -> set[bytes]:
    """What would be stored of the codes in the answer, were they of the set that is good now."""
    row = work.session.get(RecoveryCodeSet, account_id, populate_existing=True)
    if row is None:
        raise NotShownAgain
    key = keys.decrypt(row.recovery_key, recovery_codes.recovery_context(account_id))
    return {recovery_codes.digest(key, code) for code in stored.document["recovery_codes"]}
