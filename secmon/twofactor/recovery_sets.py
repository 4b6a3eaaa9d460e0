"""A set of recovery codes replaces the one before it as a whole."""

from __future__ import annotations

from sqlalchemy import delete, insert

from secmon.database.work import Work
from secmon.sealing.keyring import KeyRing
from secmon.twofactor import recovery
from secmon.twofactor.factor import recovery_context
from secmon.twofactor.models import RecoveryCode, SecondFactor


def replace(work: Work, row: SecondFactor, keys: KeyRing) -> list[str]:
    """Ten new codes, in plain for the last time; the old ones are dead. `row` is locked."""
    fresh, key = recovery.new_codes(), recovery.new_key()
    row.recovery_key = keys.encrypt(key, recovery_context(row.account_id))
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == row.account_id))
    digests = [{"account_id": row.account_id, "digest": recovery.digest(key, code)} for code in fresh]
    work.session.execute(insert(RecoveryCode), digests)
    return fresh
