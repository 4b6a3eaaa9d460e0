"""Proofs that come with a request or lift a hold: nothing that the hold was made by proves against it."""

from __future__ import annotations

from dataclasses import dataclass

from secmon.accounts import service as accounts
from secmon.audit import service as audit
from secmon.core.errors import Conflict, NotFound
from secmon.database.work import Work
from secmon.devices import service as devices
from secmon.gate import sessions
from secmon.gate.lifting import can_lift
from secmon.gate.models import GateRequest
from secmon.holds import service as holds
from secmon.holds.rules import Trigger
from secmon.holds.service import Hold, HoldOver
from secmon.logins.judges import Judges
from secmon.risk.proofs import PHONE_METHODS, proving
from secmon.twofactor.verification import FactorProof, Factors, ProofMethod, ProofVerdict, present

# Against a hold a code proves: it is known since when there is the authenticator. A phone's own key may be
# as young as the hold: every app is bound one.
PROVEN_BY_CHECKS = frozenset(
    {sessions.UNKNOWN, sessions.MOVED, sessions.UNPROVEN, Trigger.OWNER_AWAY.value},
)


class RequestUnknown(NotFound):
    """The gate was never asked under this id."""

    code = "gate_request_unknown"
    title = "The gate was not asked under this request_id"
    advice = "Ask the gate first, and prove when it answers `prove`."


class NotProvable(Conflict):
    """A proof makes no difference here: the request was allowed, or what stops it takes time or support."""

    code = "not_provable"
    title = "This is not waiting for a proof"
    advice = "Read `reasons` and `remedy` of the gate's answer."


class FactorTooNew(Conflict):
    """What lifts a hold is older than the hold: a factor, and a device that was known for 72 hours before."""

    code = "factor_too_new"
    title = "There is no factor or no device that is older than the hold"
    advice = "Use the phone from before, wait until the hold ends, or appeal against it."


class CheckProvesNothing(Conflict):
    """What the wallet checked is no possession, and no biometric that its server compares; nor what went to
    a phone number; nor anything but a code of the authenticator where something is held."""

    code = "check_proves_nothing"
    title = "This check proves nothing"
    advice = "Ask the owner for a code of the authenticator."


@dataclass(frozen=True, slots=True)
class Proof:
    """A code of the authenticator, or the name of the wallet's own check (RFC 8176) that was passed."""

    code: str | None = None
    method: str | None = None


def prove_request(
    work: Work, account_id: str, request_id: str, proof: Proof, factors: Factors, judges: Judges
) -> ProofVerdict | None:
    """The request is proven for five minutes; ask the gate again. A code that was refused is returned.

    Raises `AccountUnknown`, `AccountFrozen`, `RequestUnknown`, `NotProvable`, `CheckProvesNothing`.
    """
    accounts.lock(work, account_id)
    request = work.session.get(GateRequest, (account_id, request_id), populate_existing=True)
    if request is None:
        raise RequestUnknown
    if request.decision != "prove":
        raise NotProvable
    if proof.code is None and not PROVEN_BY_CHECKS.issuperset(request.reasons.split()):
        raise CheckProvesNothing
    refused = _check(work, account_id, proof, factors, judges)
    if refused is not None:
        return refused
    request.proven_at, request.proven_by = work.now, proof.method or ProofMethod.TOTP.value
    facts = {"method": request.proven_by, "action": request.asked["action"]}
    audit.record(work, account_id, "gate.proven", subject=request_id, facts=facts)
    return None


def lift(
    work: Work,
    account_id: str,
    hold: Hold,
    proof: Proof,
    device_key: str,
    factors: Factors,
    judges: Judges,
    ip: str | None = None,
) -> ProofVerdict | None:
    """The owner ends a hold. A code that was refused is returned.

    Raises `HoldOver`, `FactorTooNew`, `AccountFrozen`, `CheckProvesNothing`.
    """
    account = accounts.lock(work, account_id)
    work.session.refresh(hold)
    if not holds.is_live(hold, work.now):
        raise HoldOver
    if not can_lift(work, hold, device_key, ip):
        raise FactorTooNew
    if proof.code is None:
        raise CheckProvesNothing
    refused = _check(work, account_id, proof, factors, judges)
    if refused is None:
        holds.end(work, account, [hold], "older_factor")
    return refused


def is_known_device(work: Work, account_id: str, device_key: str) -> bool:
    """Whether the account knows that device now."""
    return devices.any_known_before(work, account_id, [device_key], work.now)


def _check(
    work: Work, account_id: str, proof: Proof, factors: Factors, judges: Judges
) -> ProofVerdict | None:
    if proof.code is not None:
        verdict = present(work, factors, account_id, FactorProof(ProofMethod.TOTP, proof.code))
        return None if verdict.accepted else verdict
    policy = judges.policies.in_force(work)
    good = proving([proof.method or ""], server_side_biometrics=policy.server_side_biometrics)
    # `otp` and `mfa` name no possession of which anybody knows how old it is.
    if not good - PHONE_METHODS - {"otp", "mfa"}:
        raise CheckProvesNothing
    return None
