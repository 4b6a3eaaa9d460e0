"""How an account's second factor stands, its changes (R08), and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select

from secmon.accounts import service as accounts
from secmon.audit import service as audit
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.twofactor import blocks, recovery_sets
from secmon.twofactor.factor import Method, Proof
from secmon.twofactor.factors import Factors
from secmon.twofactor.models import RecoveryCode, SecondFactor, TotpEnrolment
from secmon.twofactor.verdict import Verdict
from secmon.twofactor.verification import present

PURGED_AT_ONCE = 1_000
# Far longer than the longest block. A known account's failures are kept with it.
GUESSES_KEPT = timedelta(days=30)


class State(StrEnum):
    NONE = "none"
    ACTIVE = "active"
    LOCKED = "locked"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Status:
    """`enabled` stays true while the factor is locked or disabled: it is still asked for."""

    state: State
    recovery_codes_left: int
    locked_until: datetime | None

    @property
    def enabled(self) -> bool:
        return self.state is not State.NONE


def status(work: Work, account_id: str) -> Status:
    """Raises `AccountUnknown`."""
    accounts.get(work, account_id)
    row = work.session.get(SecondFactor, account_id)
    left = select(func.count()).where(RecoveryCode.account_id == account_id)
    state = _state(row, work.now)
    locked_until = row.locked_until if row is not None and state is State.LOCKED else None
    return Status(state, work.session.scalar(left) or 0, locked_until)


def forget_factor(work: Work, account_id: str) -> None:
    """Deletes the factor, its recovery codes and its failures. The caller holds the account's lock."""
    for table in (RecoveryCode, SecondFactor):
        work.session.execute(delete(table).where(table.account_id == account_id))


def erase(work: Work, account_id: str) -> None:
    """Removes everything of the account."""
    forget_factor(work, account_id)
    work.session.execute(delete(TotpEnrolment).where(TotpEnrolment.account_id == account_id))


def purge_expired(work: Work) -> int:
    """Deletes some enrolments that nobody can confirm any more; answers how many."""
    expired = TotpEnrolment.expires_at <= work.now
    found = work.session.scalars(select(TotpEnrolment.account_id).where(expired).limit(PURGED_AT_ONCE)).all()
    # Started anew meanwhile: no longer expired, and so not deleted.
    work.session.execute(delete(TotpEnrolment).where(TotpEnrolment.account_id.in_(found), expired))
    return len(found)


def purge_guesses(work: Work) -> int:
    """Deletes some counts of failures at accounts that nobody knows, 30 quiet days after the last one.

    There was no factor to guess, and no count of a factor ends by time. Answers how many.
    """
    old = (SecondFactor.seed.is_(None), SecondFactor.failed_at <= work.now - GUESSES_KEPT)
    query = select(SecondFactor.account_id).where(*old, ~accounts.is_known(SecondFactor.account_id))
    query = query.order_by(SecondFactor.failed_at).limit(PURGED_AT_ONCE)
    found = work.session.scalars(query.with_for_update(skip_locked=True)).all()
    work.session.execute(delete(SecondFactor).where(SecondFactor.account_id.in_(found), *old))
    return len(found)


def _state(row: SecondFactor | None, now: datetime) -> State:
    if row is None or row.seed is None:
        return State.NONE
    if blocks.is_disabled(row.failures):
        return State.DISABLED
    return State.LOCKED if row.locked_until is not None and row.locked_until > now else State.ACTIVE


def renew_recovery_codes(
    work: Work, factors: Factors, account_id: str, code: str
) -> tuple[Verdict, list[str]]:
    """New recovery codes for a code of the authenticator; none where that was refused."""
    verdict = present(work, factors, account_id, Proof(Method.TOTP, code))
    if not verdict.accepted:
        return verdict, []
    row = work.session.get_one(SecondFactor, account_id)
    fresh = recovery_sets.replace(work, row, factors.keys)
    audit.record(work, account_id, "recovery_codes.renewed")
    outbox.owe(work, account_id, Kind.RECOVERY_CODES_RENEWED, {})
    return verdict, fresh


def remove(work: Work, factors: Factors, account_id: str, proof: Proof) -> Verdict:
    """The account has no second factor any more, if `proof` is right."""
    verdict = present(work, factors, account_id, proof)
    if not verdict.accepted:
        return verdict
    forget_factor(work, account_id)
    audit.record(work, account_id, "two_factor.removed", facts={"method": proof.method.value})
    outbox.owe(work, account_id, Kind.TWO_FACTOR_REMOVED, {"by": "owner"})
    return verdict
