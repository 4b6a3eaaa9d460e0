"""What may prove against a hold, or end it."""

from __future__ import annotations

from datetime import datetime, timedelta

from secmon.database.work import Work
from secmon.devices import service as devices
from secmon.gate.models import GateRequest
from secmon.holds.rules import Lift
from secmon.holds.service import Hold
from secmon.logins.places import KNOWN_FOR, is_home
from secmon.twofactor import service as twofactor
from secmon.twofactor.verification import ProofMethod

# A proof is for what was asked just now.
PROVEN_FOR = timedelta(minutes=5)


def can_lift(work: Work, hold: Hold, device_key: str | None, ip: str | None) -> bool:
    """Whether a factor may prove against it: one that is older, on a device known for 72 hours before it.

    Where the rule says so, at home alone: whoever snatched the phone has its authenticator too.
    """
    lifts = hold.lifted_by.split()
    if device_key is None or not {Lift.OLDER_FACTOR, Lift.OLDER_FACTOR_AT_HOME}.intersection(lifts):
        return False
    enrolled_at = twofactor.enrolled_at(work, hold.account_id)
    if enrolled_at is None or enrolled_at >= hold.begun_at:
        return False
    before = hold.begun_at - KNOWN_FOR
    if not devices.any_known_before(work, hold.account_id, [device_key], before):
        return False
    return Lift.OLDER_FACTOR in lifts or is_home(work, hold.account_id, ip, before)


def is_proven(request: GateRequest, hold: Hold | None, now: datetime) -> bool:
    """Whether the proof of the request counts against the hold, or without one against anything else.

    A check of the wallet's own may have been passed before there was a hold: against one it proves nothing.
    """
    if request.proven_at is None or now - request.proven_at > PROVEN_FOR:
        return False
    return hold is None or request.proven_by == ProofMethod.TOTP
