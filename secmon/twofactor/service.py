"""How an account's second factor stands, its changes (R08), and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select

from secmon.accounts import service as accounts
from secmon.audit import service as audit
from secmon.database.work import Work
from secmon.holds import service as holds
from secmon.holds.rules import Trigger
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.twofactor import guesses, recovery_codes
from secmon.twofactor.models import (
    GuessCount,
    RecoveryCode,
    RecoveryCodeSet,
    TotpAuthenticator,
    TotpEnrolment,
)
from secmon.twofactor.verification import FactorProof, Factors, ProofMethod, ProofVerdict, present

PURGED_AT_ONCE = 1_000


class FactorState(StrEnum):
    NONE = "none"
    ACTIVE = "active"
    LOCKED = "locked"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class FactorStatus:
    """`enabled` stays true while the factor is locked or disabled: it is still asked for."""

    state: FactorState
    recovery_codes_left: int
    locked_until: datetime | None

    @property
    def enabled(self) -> bool:
        return self.state is not FactorState.NONE


def status(work: Work, account_id: str) -> FactorStatus:
    """Raises `AccountUnknown`."""
    accounts.get(work, account_id)
    counted = work.session.get(GuessCount, account_id)
    has_app = work.session.get(TotpAuthenticator, account_id) is not None
    left = select(func.count()).where(RecoveryCode.account_id == account_id)
    state = _state(counted, work.now) if has_app else FactorState.NONE
    locked_until = counted.locked_until if counted is not None and state is FactorState.LOCKED else None
    return FactorStatus(state, work.session.scalar(left) or 0, locked_until)


def enrolled_at(work: Work, account_id: str) -> datetime | None:
    """Since when the account has its authenticator; None without one."""
    app = work.session.get(TotpAuthenticator, account_id, populate_existing=True)
    return None if app is None else app.enrolled_at


def forget_factor(work: Work, account_id: str) -> None:
    """Deletes the factor, its recovery codes and its failures. The caller holds the account's lock.

    The count first: its row is what everybody locks first.
    """
    for table in (GuessCount, TotpAuthenticator, RecoveryCodeSet, RecoveryCode):
        work.session.execute(delete(table).where(table.account_id == account_id))


def erase(work: Work, account_id: str) -> None:
    """Removes everything of the account."""
    forget_factor(work, account_id)
    work.session.execute(delete(TotpEnrolment).where(TotpEnrolment.account_id == account_id))


def purge_expired(work: Work) -> int:
    """Deletes some enrolments that nobody can confirm any more; returns how many."""
    expired = TotpEnrolment.expires_at <= work.now
    found = work.session.scalars(select(TotpEnrolment.account_id).where(expired).limit(PURGED_AT_ONCE)).all()
    # Started anew meanwhile: no longer expired, and so not deleted.
    work.session.execute(delete(TotpEnrolment).where(TotpEnrolment.account_id.in_(found), expired))
    return len(found)


def _state(counted: GuessCount | None, now: datetime) -> FactorState:
    """How codes are barred."""
    if counted is None:
        return FactorState.ACTIVE
    if guesses.is_disabled(counted.failures):
        return FactorState.DISABLED
    locked = counted.locked_until is not None and counted.locked_until > now
    return FactorState.LOCKED if locked else FactorState.ACTIVE


def renew_recovery_codes(
    work: Work, factors: Factors, account_id: str, code: str
) -> tuple[ProofVerdict, list[str]]:
    """New recovery codes for a code of the authenticator; none where that was refused."""
    verdict = present(work, factors, account_id, FactorProof(ProofMethod.TOTP, code))
    if not verdict.accepted:
        return verdict, []
    fresh = recovery_codes.replace(work, account_id, factors.keys)
    audit.record(work, account_id, "recovery_codes.renewed")
    outbox.owe(work, account_id, Kind.RECOVERY_CODES_RENEWED, {})
    return verdict, fresh


def remove(work: Work, factors: Factors, account_id: str, proof: FactorProof) -> ProofVerdict:
    """The account has no second factor any more, if `proof` is right."""
    verdict = present(work, factors, account_id, proof)
    if not verdict.accepted:
        return verdict
    forget_factor(work, account_id)
    holds.begin(work, accounts.lock(work, account_id), Trigger.FACTOR_CHANGED)
    audit.record(work, account_id, "two_factor.removed", facts={"method": proof.method.value})
    outbox.owe(work, account_id, Kind.TWO_FACTOR_REMOVED, {"by": "owner"})
    return verdict
