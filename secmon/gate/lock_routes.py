"""Owners' locks over HTTP, and the early end of a hold by its owner."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from secmon.accounts import service as accounts
from secmon.accounts.gate import Action
from secmon.core.errors import Forbidden
from secmon.core.money import Cap
from secmon.gate import locks, proving
from secmon.gate.locks import Locks
from secmon.gate.proving import Proof
from secmon.gate.schemas import KeepRequest, LiftRequest, LocksRequest, LocksResponse
from secmon.holds import service as holds
from secmon.holds.service import Hold
from secmon.holds.shown import NEVER
from secmon.logins.judges import JUDGES
from secmon.rooms.blueprint import Blueprint
from secmon.twofactor.refusals import REFUSALS, refusal
from secmon.twofactor.verification import FACTORS
from secmon.web.operation import Answer, operation
from secmon.web.problems import from_domain
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "owner-locks",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>",
    description="What owners lock themselves, and what they lift themselves.",
)


class DeviceNotKnown(Forbidden):
    """This is done from a device that the account knows."""

    code = "device_not_known"
    title = "The account does not know this device"


@blp.route("/locks", methods=["GET"])
@operation("accounts:read", answers={200: LocksResponse}, problems=("account_unknown",))
def show_locks(account_id: str) -> Answer:
    """What the owner has locked, and what of it is about to be unlocked."""
    with unit_of_work(write=False) as work:
        accounts.get(work, account_id)
        found = [_shown(hold) for hold in locks.locked(work, account_id)]
    return LocksResponse.show({"items": found})


@blp.route("/locks", methods=["PUT"])
@operation(
    "twofactor:write",
    body=LocksRequest,
    answers={200: LocksResponse},
    problems=(*REFUSALS, "account_unknown", "proof_required", "face_to_face_only"),
    example={
        "fence": {"amount": "8000.00", "currency": "CNY"},
        "off": ["add_payee"],
        "away": {"amount": "200.00", "currency": "CNY"},
    },
)
def put_locks(account_id: str, body: dict[str, Any]) -> Answer:
    """Lock what the owner wants locked: tighter at once, looser in twelve hours and with a code."""
    code, factors = body.pop("code", None), FACTORS.chosen()
    with unit_of_work() as work:
        verdict = locks.put(work, account_id, _locks(body), code, factors)
        found = [_shown(hold) for hold in locks.locked(work, account_id)]
    error = None if verdict is None else refusal(verdict)
    return LocksResponse.show({"items": found}) if error is None else from_domain(error)


@blp.route("/locks/keep", methods=["POST"])
@operation(
    "twofactor:write",
    body=KeepRequest,
    answers={200: LocksResponse},
    problems=("account_unknown", "nothing_loosens", "device_not_known"),
    example={"device_id": "ins-9f31"},
)
def keep_locks(account_id: str, body: dict[str, Any]) -> Answer:
    """Call off what is being loosened, from any device that the account knows."""
    with unit_of_work() as work:
        accounts.lock(work, account_id)
        if not proving.is_known_device(work, account_id, body["device_id"]):
            raise DeviceNotKnown
        locks.call_off(work, account_id)
        found = [_shown(hold) for hold in locks.locked(work, account_id)]
    return LocksResponse.show({"items": found})


@blp.route("/holds/<uuid:hold_id>/lift", methods=["POST"])
@operation(
    "twofactor:write",
    body=LiftRequest,
    answers={204: "Lifted"},
    problems=(
        *REFUSALS,
        *("account_unknown", "hold_unknown", "hold_over", "factor_too_new", "check_proves_nothing"),
    ),
    example={"code": "492039", "device_id": "ins-9f31"},
)
def lift_hold(account_id: str, hold_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """End a hold before its time: on a phone that was known 72 hours before, by a factor that is older."""
    proof, factors = Proof(body.get("code"), body.get("method")), FACTORS.chosen()
    with unit_of_work() as work:
        accounts.lock(work, account_id)
        hold = holds.get(work, account_id, hold_id)
        verdict = proving.lift(
            work,
            account_id,
            hold,
            proof,
            body["device_id"],
            factors,
            JUDGES.chosen(),
            body.get("ip"),
        )
    error = None if verdict is None else refusal(verdict)
    return (None, 204) if error is None else from_domain(error)


def _locks(body: dict[str, Any]) -> Locks:
    fence, away, until = body.get("fence"), body.get("away"), body.get("until")
    return Locks(
        off=frozenset(Action(name) for name in body.get("off", ())),
        fence=None if fence is None else _cap(fence, keeps=True),
        face_to_face=bool(fence and fence.get("face_to_face")),
        away=None if away is None else _cap(away, keeps=False),
        # What is past all clocks has no end: else leaving it out later would be looser.
        until=None if until is None or until >= NEVER else until,
    )


def _cap(told: dict[str, Any], *, keeps: bool) -> Cap:
    share, most = told.get("share"), told.get("amount")
    return Cap(
        None if share is None else Decimal(share),
        None if most is None else Decimal(most),
        told.get("currency"),
        keeps=keeps,
    )


def _shown(hold: Hold) -> dict[str, Any]:
    return {
        "hold_id": hold.hold_id,
        "trigger": hold.trigger,
        "actions": hold.actions.split(),
        "cap": hold.cap,
        "face_to_face": hold.face_to_face,
        "begun_at": hold.begun_at,
        "until": None if hold.until >= NEVER else hold.until,
        "loosens": hold.loosened_from is not None,
    }
