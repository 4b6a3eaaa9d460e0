"""Why an account is frozen, and what follows from it."""

from __future__ import annotations

from enum import StrEnum

from secmon.accounts.gate import RequiredAction
from secmon.cases.states import Priority


class Reason(StrEnum):
    THEFT_REPORTED = "theft_reported"
    UNFAMILIAR_DEVICE = "unfamiliar_device"
    SUSPICIOUS_ACTIVITY = "suspicious_activity"
    DEVICE_LOST = "device_lost"
    OWNER_REQUEST = "owner_request"
    LEGAL_ORDER = "legal_order"


def priority(reason: Reason) -> Priority:
    """How soon somebody has to look."""
    match reason:
        case Reason.THEFT_REPORTED:
            return Priority.URGENT
        case Reason.UNFAMILIAR_DEVICE | Reason.SUSPICIOUS_ACTIVITY | Reason.DEVICE_LOST | Reason.LEGAL_ORDER:
            return Priority.HIGH
        case Reason.OWNER_REQUEST:
            return Priority.NORMAL


# Somebody else has the owner's phone, or the owner's account.
THEFTS = frozenset({Reason.THEFT_REPORTED, Reason.DEVICE_LOST})


def required_after(*, factor_lost: bool) -> tuple[RequiredAction, ...]:
    """What the owner does first: a thief may know the password, and a lost factor is enrolled anew."""
    if factor_lost:
        return (RequiredAction.CHANGE_PASSWORD, RequiredAction.RE_ENROL_SECOND_FACTOR)
    return (RequiredAction.CHANGE_PASSWORD,)
