"""A code or a recovery code is judged under the locks of the account and its count of wrong ones.

A refusal is returned, never raised: its failure must be remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

import structlog

from secmon.accounts.gate import Standing
from secmon.accounts.locking import LOCK as LOCK_ACCOUNT
from secmon.accounts.service import AccountFrozen
from secmon.audit import service as audit
from secmon.database.statements import Row
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRing, KeyRingError
from secmon.twofactor import guesses, recovery_codes, totp
from secmon.twofactor.guesses import Guesses
from secmon.twofactor.recovery_codes import RecoveryCodes
from secmon.twofactor.totp import TotpParameters, TotpSecret
from secmon.web.parts import Part

log = structlog.get_logger(__name__)

OnProven = Callable[[Work, str, str, str], bool]


@dataclass(frozen=True, slots=True)
class EnrolmentGuard:
    """Who may enrol after a theft, which other rooms know; both are called under the account's lock."""

    may_enrol: Callable[[Work, str], bool]
    on_enrolled: Callable[[Work, str], None]


@dataclass(frozen=True, slots=True)
class Factors:
    """What the second factor needs besides the account; `issuer` and `parameters` are of new enrolments.

    `on_proven(work, account_id, event_id, method)` is called in the transaction that accepts a proof
    for a login, and returns whether the login is proven now; what it raises undoes the acceptance.
    """

    keys: KeyRing
    issuer: str
    parameters: TotpParameters
    on_proven: OnProven
    guard: EnrolmentGuard
    # Nobody's secrets, which accounts without a factor are judged against.
    totp_decoy: TotpSecret = field(repr=False)
    recovery_decoy: RecoveryCodes = field(repr=False)

    @classmethod
    def chosen(
        cls,
        keys: KeyRing,
        issuer: str,
        parameters: TotpParameters,
        on_proven: OnProven,
        guard: EnrolmentGuard,
    ) -> Factors:
        """With decoys of its own."""
        decoys = totp.decoy(keys, parameters), recovery_codes.decoy(keys)
        return cls(keys, issuer, parameters, on_proven, guard, *decoys)


FACTORS: Part[Factors] = Part("factors")


class ProofMethod(StrEnum):
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True, slots=True)
class FactorProof:
    """What someone presents as the owner: a code of the authenticator, or a recovery code."""

    method: ProofMethod
    text: str


class ProofOutcome(StrEnum):
    """What the caller is told."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LOCKED = "locked"
    DISABLED = "disabled"


class ProofReason(StrEnum):
    """Why; for the audit and the metric alone, since callers must not tell refusals apart (R12)."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    REPLAYED = "replayed"
    OUT_OF_SYNC = "out_of_sync"
    NO_FACTOR = "no_factor"
    UNREADABLE = "unreadable"
    LOCKED = "locked"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class ProofVerdict:
    """`retry_after` is there where the outcome is `LOCKED`, `login_proven` where a login was named."""

    outcome: ProofOutcome
    reason: ProofReason
    method: ProofMethod
    recovery_codes_left: int = 0
    retry_after: timedelta = timedelta(0)
    login_proven: bool | None = None

    @property
    def accepted(self) -> bool:
        return self.outcome is ProofOutcome.ACCEPTED


@dataclass(frozen=True, slots=True)
class Held:
    """What an account is judged by, its count locked until the transaction ends.

    `known`: whether there is such an account.
    """

    account_id: str
    known: bool
    guesses: Guesses
    totp: TotpSecret | None
    recovery: RecoveryCodes | None

    @property
    def codes_left(self) -> int:
        return 0 if self.recovery is None else len(self.recovery.unused)


@dataclass(frozen=True, slots=True)
class JudgedProof:
    """What is spent with an accepted proof: a step, or the digest of a recovery code."""

    reason: ProofReason
    step: int | None = None
    drift: int | None = None
    digest: bytes | None = None


def verify(
    work: Work, factors: Factors, account_id: str, proof: FactorProof, event_id: str | None = None
) -> ProofVerdict:
    """Judges `proof`; an accepted one is spent, and proves the login `event_id` that asked for it.

    Raises `AccountFrozen`, and what the composition root's `on_proven` raises: then nothing is spent.
    """
    verdict = present(work, factors, account_id, proof)
    if event_id is None or not verdict.accepted:
        return verdict
    proven = factors.on_proven(work, account_id, event_id, verdict.method.value)
    return replace(verdict, login_proven=proven)


def present(work: Work, factors: Factors, account_id: str, proof: FactorProof) -> ProofVerdict:
    """Judges `proof` and spends it, or counts the failure. Raises `AccountFrozen`."""
    held = _locked(work, account_id)
    barred = _barred(work, held.guesses, proof.method)
    # A recovery code is too long to be guessed, so it stays the owner's way in while a stranger's
    # guesses block or disable the authenticator.
    if barred is not None and proof.method is ProofMethod.TOTP:
        return barred
    judged = _judged(work, factors, held, proof)
    if judged.reason is ProofReason.ACCEPTED:
        left = _spend(work, held, judged)
        return ProofVerdict(ProofOutcome.ACCEPTED, judged.reason, proof.method, recovery_codes_left=left)
    if barred is not None:
        return barred
    _refuse(work, held, proof.method, judged)
    return ProofVerdict(ProofOutcome.REJECTED, judged.reason, proof.method)


def refuse_frozen(standing: str) -> None:
    """Nothing about the second factor moves while an account is frozen (R15). Raises `AccountFrozen`.

    `standing` was read under the account's lock, so no freeze can commit before what follows does. No code
    is judged then, so the refusal tells nothing of it.
    """
    if standing == Standing.FROZEN:
        raise AccountFrozen


def _locked(work: Work, account_id: str) -> Held:
    accounts, *read = work.read(
        LOCK_ACCOUNT(account_id=account_id),
        guesses.LOCK_IF_KNOWN(account_id=account_id),
        totp.READ(account_id=account_id),
        recovery_codes.READ(account_id=account_id),
    )
    if not accounts:
        accounts, *read = _of_nobody(work, account_id)
    for standing, *_ in accounts:
        refuse_frozen(standing)
    counted, app, codes = read
    return Held(
        account_id,
        known=bool(accounts),
        guesses=Guesses.of(counted),
        totp=TotpSecret.of(account_id, app),
        recovery=RecoveryCodes.of(account_id, codes),
    )


def _of_nobody(work: Work, account_id: str) -> list[list[Row]]:
    """The same where there is no account to lock: guesses line up where its audit chain would be instead.

    One that came into being meanwhile is seen now, and locked.
    """
    chain = audit.head(work, account_id)
    rows = work.read(
        *chain,
        LOCK_ACCOUNT(account_id=account_id),
        guesses.LOCK_OF_NOBODY(account_id=account_id),
        totp.READ(account_id=account_id),
        recovery_codes.READ(account_id=account_id),
    )
    audit.head_read(work, account_id, rows[: len(chain)])
    return rows[len(chain) :]


def _barred(work: Work, counted: Guesses, method: ProofMethod) -> ProofVerdict | None:
    if counted.disabled:
        return ProofVerdict(ProofOutcome.DISABLED, ProofReason.DISABLED, method)
    wait = counted.wait(work.now)
    if wait > timedelta(0):
        return ProofVerdict(ProofOutcome.LOCKED, ProofReason.LOCKED, method, retry_after=wait)
    return None


def _judged(work: Work, factors: Factors, held: Held, proof: FactorProof) -> JudgedProof:
    own: TotpSecret | RecoveryCodes | None
    try:
        match proof.method:
            case ProofMethod.TOTP:
                own, judged = held.totp, _judged_code(work, factors, held, proof.text)
            case ProofMethod.RECOVERY_CODE:
                own, judged = held.recovery, _judged_recovery_code(factors, held, proof.text)
    except KeyRingError:
        log.exception("second_factor_unreadable", account_id=held.account_id)
        return JudgedProof(ProofReason.UNREADABLE)
    return judged if own is not None else JudgedProof(ProofReason.NO_FACTOR)


def _judged_code(work: Work, factors: Factors, held: Held, code: str) -> JudgedProof:
    judged = (held.totp or factors.totp_decoy).judge(factors.keys, code, work.now)
    return JudgedProof(ProofReason(judged.finding.value), step=judged.step, drift=judged.drift)


def _judged_recovery_code(factors: Factors, held: Held, code: str) -> JudgedProof:
    digest = (held.recovery or factors.recovery_decoy).judge(factors.keys, code)
    return JudgedProof(ProofReason.WRONG if digest is None else ProofReason.ACCEPTED, digest=digest)


def _spend(work: Work, held: Held, judged: JudgedProof) -> int:
    """The proof is spent, and the straight failures are over; returns how many recovery codes are left."""
    left = held.codes_left
    if judged.digest is None:
        work.defer(totp.SPEND(account_id_=held.account_id, last_step_=judged.step))
    else:
        left -= 1
        recovery_codes.spend(work, held.account_id, judged.digest, left)
    guesses.end(work, held.account_id, held.guesses)
    return left


def _refuse(work: Work, held: Held, method: ProofMethod, judged: JudgedProof) -> None:
    """Counts the failure and records why.

    What nobody owns is not recorded: whoever types names that no account has would fill a record that is
    kept for ten years. The count is there, and is purged.
    """
    facts = {"method": method.value, "reason": judged.reason.value, "drift_steps": judged.drift}
    if judged.reason is ProofReason.UNREADABLE:
        # The operator's keys or somebody in the database: not the owner's failure.
        audit.record(work, held.account_id, "second_factor.rejected", facts=facts, kept=held.known)
        return
    told = held.totp is not None or held.recovery is not None
    guesses.count(work, held.account_id, held.guesses, facts, recorded=held.known, told=told)
