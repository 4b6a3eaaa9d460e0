"""What a judged proof leaves behind: what is spent, what is counted, what is recorded, who is told."""

from __future__ import annotations

from functools import partial

from secmon.audit import service as audit
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.twofactor import blocks, statements
from secmon.twofactor.factor import Factor, Method
from secmon.twofactor.judging import Found
from secmon.twofactor.recovery import WARN_AT
from secmon.twofactor.verdict import Reason


def accepted(work: Work, account_id: str, factor: Factor, found: Found, unused: int) -> int:
    """Spends the proof and ends the straight failures; answers how many recovery codes are left."""
    if found.digest is None:
        work.defer(statements.SPEND_STEP(account_id_=account_id, last_step_=found.step))
        return unused
    left = unused - 1
    work.defer(statements.SPEND_RECOVERY_CODE(account_id_=account_id, digest_=found.digest))
    # Only a new enrolment brings a disabled authenticator back.
    if not blocks.is_disabled(factor.failures):
        work.defer(statements.END_FAILURES(account_id_=account_id))
    audit.record(work, account_id, "recovery_code.used", facts={"left": left})
    outbox.owe(work, account_id, Kind.RECOVERY_CODE_USED, {"left": left})
    if left == WARN_AT:
        outbox.owe(work, account_id, Kind.RECOVERY_CODES_LOW, {"left": left})
    return left


def refused(
    work: Work, account_id: str, factor: Factor, method: Method, found: Found, *, recorded: bool
) -> None:
    """Counts the failure, blocks the factor for it, records why. Every refusal does the same (R12).

    Not `recorded` is what nobody owns: whoever types names that no account has would fill a record that is
    kept for ten years. The count is there, and is purged.
    """
    record = partial(audit.record, work, account_id, "second_factor.rejected", kept=recorded)
    facts = {"method": method.value, "reason": found.reason.value, "drift_steps": found.drift}
    if found.reason is Reason.UNREADABLE:
        # The operator's keys or somebody in the database: not the owner's failure.
        record(facts=facts)
        return
    failures = factor.failures + 1
    block = blocks.block_after(failures)
    until = None if block is None else work.now + block
    counted = statements.COUNT_FAILURE(account_id_=account_id, locked_until_=until, failed_at_=work.now)
    work.defer(counted)
    record(facts={**facts, "failures": failures})
    if factor.secrets is None:
        return
    # With the commit, in no round trip of its own: where nobody is told, nothing is quicker (R12).
    if blocks.is_disabled(failures):
        facts = {"failures": failures}
        work.defer(outbox.owing(work, account_id, Kind.TWO_FACTOR_DISABLED, facts))
    elif until is not None and failures == blocks.BLOCK_EVERY:
        # Told once: who goes on guessing must not be able to flood the owner with messages.
        facts = {"locked_until": until.isoformat()}
        work.defer(outbox.owing(work, account_id, Kind.TWO_FACTOR_LOCKED, facts))
