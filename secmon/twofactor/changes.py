"""Changing the second factor takes the second factor: new recovery codes, and removal (R08)."""

from __future__ import annotations

from secmon.audit import service as audit
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.twofactor import recovery_sets, service
from secmon.twofactor.factor import Method, Proof
from secmon.twofactor.factors import Factors
from secmon.twofactor.models import SecondFactor
from secmon.twofactor.verdict import Verdict
from secmon.twofactor.verification import present


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
    service.forget_factor(work, account_id)
    audit.record(work, account_id, "two_factor.removed", facts={"method": proof.method.value})
    outbox.owe(work, account_id, Kind.TWO_FACTOR_REMOVED, {"by": "owner"})
    return verdict
