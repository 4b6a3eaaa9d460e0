"""Judging a proof under the locks of the account and its factor; whatever is judged leaves its trace.

A refusal is returned, never raised: its failure must be remembered.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from secmon.accounts.locking import LOCK as LOCK_ACCOUNT
from secmon.audit import service as audit
from secmon.database.statements import Row
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRingError
from secmon.twofactor import aftermath, blocks, statements
from secmon.twofactor.factor import Factor, Method, Proof
from secmon.twofactor.factors import Factors
from secmon.twofactor.judging import Found, judge
from secmon.twofactor.standing import refuse_frozen
from secmon.twofactor.verdict import Outcome, Reason, Verdict

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A factor, locked until the transaction ends, and the digests of its unused recovery codes.

    `known`: whether there is such an account.
    """

    factor: Factor
    known: bool
    unused: Collection[bytes]


def verify(
    work: Work, factors: Factors, account_id: str, proof: Proof, event_id: str | None = None
) -> Verdict:
    """Judges `proof`; an accepted one is spent, and proves the login `event_id` that asked for it.

    Raises `AccountFrozen`, and what the composition root's `on_proven` raises: then nothing is spent.
    """
    verdict = present(work, factors, account_id, proof)
    if event_id is None or not verdict.accepted:
        return verdict
    proven = factors.on_proven(work, account_id, event_id, verdict.method.value)
    return replace(verdict, login_proven=proven)


def present(work: Work, factors: Factors, account_id: str, proof: Proof) -> Verdict:
    """Judges `proof` and spends it, or counts the failure. Raises `AccountFrozen`."""
    held = _locked(work, account_id)
    barred = _barred(work, held.factor, proof.method)
    # A recovery code is too long to be guessed, so it stays the owner's way in while a stranger's
    # guesses block or disable the authenticator.
    if barred is not None and proof.method is Method.TOTP:
        return barred
    found = _judged(work, factors, account_id, held, proof)
    if found.reason is Reason.ACCEPTED:
        left = aftermath.accepted(work, account_id, held.factor, found, len(held.unused))
        return Verdict(Outcome.ACCEPTED, found.reason, proof.method, recovery_codes_left=left)
    if barred is not None:
        return barred
    aftermath.refused(work, account_id, held.factor, proof.method, found, recorded=held.known)
    return Verdict(Outcome.REJECTED, found.reason, proof.method)


def _locked(work: Work, account_id: str) -> Held:
    accounts, rows, unused = work.read(
        LOCK_ACCOUNT(account_id=account_id),
        statements.LOCK(account_id=account_id),
        statements.UNUSED_CODES(account_id=account_id),
    )
    if not accounts:
        accounts, rows, unused = _of_nobody(work, account_id)
    for standing, *_ in accounts:
        refuse_frozen(standing)
    factor = Factor.of(account_id, rows[0] if rows else None)
    return Held(factor, bool(accounts), [digest for (digest,) in unused])


def _of_nobody(work: Work, account_id: str) -> list[list[Row]]:
    """The same where there is no account to lock: guesses line up where its audit chain would be instead.

    One that came into being meanwhile is seen now, and locked.
    """
    chain = audit.head(work, account_id)
    answers = work.read(
        *chain,
        LOCK_ACCOUNT(account_id=account_id),
        statements.LOCK_OF_NOBODY(account_id=account_id),
        statements.UNUSED_CODES(account_id=account_id),
    )
    audit.head_read(work, account_id, answers[: len(chain)])
    return answers[len(chain) :]


def _barred(work: Work, factor: Factor, method: Method) -> Verdict | None:
    if blocks.is_disabled(factor.failures):
        return Verdict(Outcome.DISABLED, Reason.DISABLED, method)
    wait = (factor.locked_until or work.now) - work.now
    if wait > timedelta(0):
        return Verdict(Outcome.LOCKED, Reason.LOCKED, method, retry_after=wait)
    return None


def _judged(work: Work, factors: Factors, account_id: str, held: Held, proof: Proof) -> Found:
    secrets = held.factor.secrets
    try:
        found = judge(secrets or factors.decoy, held.unused, factors.keys, proof, work.now)
    except KeyRingError:
        log.exception("second_factor_unreadable", account_id=account_id)
        return Found(Reason.UNREADABLE)
    return found if secrets is not None else Found(Reason.NO_FACTOR)
