"""Enrolling an authenticator: a seed that waits ten minutes for its first code, and is no factor before."""

from __future__ import annotations

import base64
import io
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import segno
import structlog

from secmon.accounts import service as accounts
from secmon.accounts.gate import RequiredAction
from secmon.audit import service as audit
from secmon.core.errors import Conflict, Forbidden, NotFound
from secmon.core.ids import new_id
from secmon.database.work import Work
from secmon.holds import service as holds
from secmon.holds.rules import Trigger
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.sealing.keyring import KeyRingError
from secmon.twofactor import guesses, recovery_codes, totp
from secmon.twofactor.models import TotpAuthenticator, TotpEnrolment
from secmon.twofactor.totp import SEED_BYTES, Algorithm, TotpParameters, enrolment_context, seed_context
from secmon.twofactor.verification import (
    Factors,
    ProofMethod,
    ProofOutcome,
    ProofReason,
    ProofVerdict,
    refuse_frozen,
)

log = structlog.get_logger(__name__)

ENROLMENT_TTL = timedelta(minutes=10)  # NIST SP 800-63B-4 §4.1.2.2


class FactorActive(Conflict):
    """A second enrolment would put a stranger's authenticator in the place of the owner's."""

    code = "factor_active"
    title = "A second factor is enrolled already"
    advice = "Remove it with a code or a recovery code first, or reset it through a case."


class EnrolmentClosed(Forbidden):
    """After a theft a second factor is enrolled by whoever has shown to be the owner, and by nobody else."""

    code = "enrolment_closed"
    title = "A second factor cannot be enrolled now"
    advice = (
        "Let support check the owner's identity on a case, and enrol within 24 hours of that; or let the "
        "owner pass a challenge at a login from a device that was known before the theft."
    )


class EnrolmentUnknown(NotFound):
    """Never started, started anew since, confirmed already, or older than ten minutes."""

    code = "enrolment_unknown"
    title = "This account has no such enrolment, or no longer"
    advice = "Start a new enrolment and let the owner scan its code."


@dataclass(frozen=True, slots=True)
class Started:
    """An enrolment with its seed in plain, for the one answer that shows it."""

    enrolment_id: uuid.UUID
    seed: bytes = field(repr=False)
    parameters: TotpParameters
    expires_at: datetime


def start(work: Work, factors: Factors, account_id: str) -> Started:
    """A new seed; an enrolment started before is void.

    Raises `FactorActive`, `AccountFrozen`, and `EnrolmentClosed` where a theft has left it to the owner.
    """
    refuse_frozen(accounts.lock_or_create(work, account_id).standing)
    started = Started(
        new_id(work.now), secrets.token_bytes(SEED_BYTES), factors.parameters, work.now + ENROLMENT_TTL
    )
    # Before the count is locked: where the account is new, guesses at it line up at its audit chain.
    audit.record(work, account_id, "two_factor.enrolment_started", subject=str(started.enrolment_id))
    guesses.lock(work, account_id)
    if work.session.get(TotpAuthenticator, account_id, populate_existing=True) is not None:
        raise FactorActive
    if not factors.guard.may_enrol(work, account_id):
        raise EnrolmentClosed
    work.session.merge(
        TotpEnrolment(
            account_id=account_id,
            enrolment_id=started.enrolment_id,
            seed=factors.keys.encrypt(started.seed, enrolment_context(account_id)),
            algorithm=started.parameters.algorithm.value,
            digits=started.parameters.digits,
            period=started.parameters.period,
            expires_at=started.expires_at,
        )
    )
    return started


def confirm(
    work: Work, factors: Factors, account_id: str, enrolment_id: uuid.UUID, code: str
) -> tuple[ProofVerdict, list[str]]:
    """The factor is enrolled with its first code, which is spent; returns its recovery codes.

    Raises `EnrolmentUnknown` (also void, expired, used, another account's), `AccountFrozen`. A wrong code
    is returned, and not counted: whoever may confirm was shown the seed, and there is nothing to guess.
    """
    try:
        account = accounts.lock(work, account_id)
    except accounts.AccountUnknown:
        raise EnrolmentUnknown from None
    refuse_frozen(account.standing)
    pending = work.session.get(TotpEnrolment, account_id, with_for_update=True)
    if pending is None or pending.enrolment_id != enrolment_id or pending.expires_at <= work.now:
        raise EnrolmentUnknown
    seed = _opened(factors, pending)
    if seed is None:
        return _refused(work, pending, ProofReason.UNREADABLE), []
    judged = totp.judge(seed, code, work.now, last_step=-1, parameters=_parameters(pending))
    if judged.step is None:
        return _refused(work, pending, ProofReason(judged.finding.value), judged.drift), []
    fresh = _enrol(work, factors, pending, seed, judged.step)
    accounts.fulfil_action(work, account, RequiredAction.RE_ENROL_SECOND_FACTOR)
    factors.guard.on_enrolled(work, account_id)
    holds.begin(work, account, Trigger.FACTOR_CHANGED)
    audit.record(work, account_id, "two_factor.enrolled", subject=str(enrolment_id))
    outbox.owe(work, account_id, Kind.TWO_FACTOR_ENROLLED, {"method": "totp"})
    return ProofVerdict(ProofOutcome.ACCEPTED, ProofReason.ACCEPTED, ProofMethod.TOTP, len(fresh)), fresh


def _opened(factors: Factors, pending: TotpEnrolment) -> bytes | None:
    try:
        return factors.keys.decrypt(pending.seed, enrolment_context(pending.account_id))
    except KeyRingError:
        log.exception("second_factor_unreadable", account_id=pending.account_id)
        return None


def _parameters(pending: TotpEnrolment) -> TotpParameters:
    return TotpParameters(Algorithm(pending.algorithm), pending.digits, pending.period)


def _refused(
    work: Work, pending: TotpEnrolment, reason: ProofReason, drift: int | None = None
) -> ProofVerdict:
    """What somebody can help with is recorded: the phone's clock, the keys. A slip of the finger is not."""
    if reason in {ProofReason.OUT_OF_SYNC, ProofReason.UNREADABLE}:
        facts = {"method": ProofMethod.TOTP.value, "reason": reason.value, "drift_steps": drift}
        subject = str(pending.enrolment_id)
        audit.record(work, pending.account_id, "second_factor.rejected", subject=subject, facts=facts)
    return ProofVerdict(ProofOutcome.REJECTED, reason, ProofMethod.TOTP)


def _enrol(work: Work, factors: Factors, pending: TotpEnrolment, seed: bytes, step: int) -> list[str]:
    account_id = pending.account_id
    guesses.begin_anew(work, account_id)
    work.session.merge(
        TotpAuthenticator(
            account_id=account_id,
            enrolment_id=pending.enrolment_id,
            seed=factors.keys.encrypt(seed, seed_context(account_id)),
            algorithm=pending.algorithm,
            digits=pending.digits,
            period=pending.period,
            last_step=step,
            enrolled_at=work.now,
        )
    )
    fresh = recovery_codes.replace(work, account_id, factors.keys)
    work.session.delete(pending)
    return fresh


PIXELS_A_MODULE = 6


def secret_text(seed: bytes) -> str:
    """The seed in base32 without padding, as people type it."""
    return base64.b32encode(seed).decode().rstrip("=")


def key_uri(seed: bytes, issuer: str, account: str, parameters: TotpParameters) -> str:
    """`otpauth://totp/issuer:account?…`; a parameter is named even where it is the default."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    query = {
        "secret": secret_text(seed),
        "issuer": issuer,
        "algorithm": parameters.algorithm.value,
        "digits": parameters.digits,
        "period": parameters.period,
    }
    return f"otpauth://totp/{label}?{urlencode(query, quote_via=quote)}"


def qr_svg(uri: str) -> str:
    """The URI as a QR code (ISO/IEC 18004, error correction M): one SVG element, black on white."""
    drawn = io.BytesIO()
    segno.make_qr(uri, error="m").save(drawn, kind="svg", xmldecl=False, scale=PIXELS_A_MODULE, light="#fff")
    return drawn.getvalue().decode().strip()
