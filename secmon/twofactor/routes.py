"""The second factor over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from secmon.rooms.blueprint import Blueprint
from secmon.twofactor import enrolment, service
from secmon.twofactor.refusals import REFUSALS, refusal
from secmon.twofactor.replays import codes_again, seed_again
from secmon.twofactor.schemas import (
    CodeRequest,
    ConfirmRequest,
    EnrolmentResponse,
    ProofRequest,
    RecoveryCodesResponse,
    StatusResponse,
    VerdictResponse,
    VerifyRequest,
)
from secmon.twofactor.verification import (
    FACTORS,
    FactorProof,
    ProofMethod,
    ProofVerdict,
    verify,
)
from secmon.web.limits import Limited
from secmon.web.operation import Answer, operation
from secmon.web.problems import from_domain
from secmon.web.replays import Replays
from secmon.web.unit_of_work import unit_of_work

# An answer that is shown once must not be kept on its way.
SHOWN_ONCE = {"Cache-Control": "no-store"}
# What only a request that is sent again is told.
GONE = ("not_shown_again",)

SEED = Replays(
    "The enrolment while it waits for its first code, and not once that came.", seed_again, problems=GONE
)
CODES = Replays(
    "The recovery codes while all of them are good.",
    lambda work, stored, account_id: codes_again(work, stored, account_id, FACTORS.chosen().keys),
    problems=GONE,
)

blp = Blueprint(
    "two-factor",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>",
    description="TOTP codes and recovery codes.",
)


@blp.route("/two-factor", methods=["GET"])
@operation(
    "accounts:read",
    answers={200: StatusResponse},
    problems=("account_unknown",),
    example_answer={
        "enabled": True,
        "state": "active",
        "methods": ["totp"],
        "recovery_codes_left": 10,
        "locked_until": None,
    },
)
def show_two_factor(account_id: str) -> Answer:
    """How the account's second factor stands."""
    with unit_of_work(write=False) as work:
        found = service.status(work, account_id)
    shown: dict[str, Any] = StatusResponse.show(
        {
            "enabled": found.enabled,
            "state": found.state.value,
            "methods": [ProofMethod.TOTP.value] if found.enabled else [],
            "recovery_codes_left": found.recovery_codes_left,
            "locked_until": found.locked_until,
        }
    )
    return shown


@blp.route("/totp", methods=["POST"])
@operation(
    "twofactor:write",
    answers={201: EnrolmentResponse},
    problems=("factor_active", "enrolment_closed", "account_frozen"),
    creates=SEED,
    leads_to=("confirm_enrolment",),
)
def start_enrolment(account_id: str) -> Answer:
    """Start to enrol an authenticator; an enrolment that was started before is void."""
    factors = FACTORS.chosen()
    with unit_of_work() as work:
        started = enrolment.start(work, factors, account_id)
    uri = enrolment.key_uri(started.seed, factors.issuer, account_id, started.parameters)
    answer = {
        "enrolment_id": started.enrolment_id,
        "secret": enrolment.secret_text(started.seed),
        "otpauth_uri": uri,
        "qr_svg": enrolment.qr_svg(uri),
        "expires_at": started.expires_at,
    }
    return EnrolmentResponse.show(answer), 201, SHOWN_ONCE


@blp.route("/totp/confirm", methods=["POST"])
@operation(
    "twofactor:write",
    body=ConfirmRequest,
    answers={200: RecoveryCodesResponse},
    problems=("enrolment_unknown", "code_rejected", "account_frozen"),
    creates=CODES,
    example={"enrolment_id": "019ab3c4-8f1e-7c3a-9b1d-2f6e5d4c3b2a", "code": "492039"},
    leads_to=("verify_second_factor", "renew_recovery_codes", "remove_factor"),
)
def confirm_enrolment(account_id: str, body: dict[str, Any]) -> Answer:
    """Confirm an enrolment with a first code: from now on the factor counts."""
    enrolment_id: uuid.UUID = body["enrolment_id"]
    factors = FACTORS.chosen()
    with unit_of_work() as work:
        verdict, fresh = enrolment.confirm(work, factors, account_id, enrolment_id, body["code"])
    return _refused(verdict) or (RecoveryCodesResponse.show({"recovery_codes": fresh}), 200, SHOWN_ONCE)


@blp.route("/two-factor/verify", methods=["POST"])
@operation(
    "twofactor:write",
    body=VerifyRequest,
    answers={200: VerdictResponse},
    problems=(*REFUSALS, "event_unknown"),
    # A login waits for this; guesses are counted in the database.
    limited=Limited.NOT,
    example={"code": "492039", "event_id": "evt-1"},
    example_answer={
        "verdict": "accepted",
        "method": "totp",
        "recovery_codes_left": 10,
        "login_proven": True,
    },
)
def verify_second_factor(account_id: str, body: dict[str, Any]) -> Answer:
    """Judge a code or a recovery code; either is good once."""
    factors, proof = FACTORS.chosen(), _proof(body)
    with unit_of_work() as work:
        verdict = verify(work, factors, account_id, proof, body.get("event_id"))
    accepted = {
        "verdict": verdict.outcome.value,
        "method": verdict.method.value,
        "recovery_codes_left": verdict.recovery_codes_left,
    }
    if verdict.login_proven is not None:
        accepted["login_proven"] = verdict.login_proven
    return _refused(verdict) or VerdictResponse.show(accepted)


@blp.route("/recovery-codes", methods=["POST"])
@operation(
    "twofactor:write",
    body=CodeRequest,
    answers={200: RecoveryCodesResponse},
    problems=REFUSALS,
    creates=CODES,
    example={"code": "492039"},
)
def renew_recovery_codes(account_id: str, body: dict[str, Any]) -> Answer:
    """A new set of recovery codes; the old ones are dead."""
    factors = FACTORS.chosen()
    with unit_of_work() as work:
        verdict, fresh = service.renew_recovery_codes(work, factors, account_id, body["code"])
    return _refused(verdict) or (RecoveryCodesResponse.show({"recovery_codes": fresh}), 200, SHOWN_ONCE)


@blp.route("/totp", methods=["DELETE"])
@operation(
    "twofactor:write",
    body=ProofRequest,
    answers={204: "Removed"},
    problems=REFUSALS,
    example={"code": "492039"},
)
def remove_factor(account_id: str, body: dict[str, Any]) -> Answer:
    """Remove the second factor, which takes the second factor."""
    factors, proof = FACTORS.chosen(), _proof(body)
    with unit_of_work() as work:
        verdict = service.remove(work, factors, account_id, proof)
    return _refused(verdict) or (None, 204)


def _proof(body: dict[str, Any]) -> FactorProof:
    if "recovery_code" in body:
        return FactorProof(ProofMethod.RECOVERY_CODE, body["recovery_code"])
    return FactorProof(ProofMethod.TOTP, body["code"])


def _refused(verdict: ProofVerdict) -> Response | None:
    """The problem that a refused proof is answered with; its transaction is over, so it is counted."""
    error = refusal(verdict)
    return None if error is None else from_domain(error)
