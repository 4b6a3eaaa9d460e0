"""Why an account is frozen, and what follows from it."""

from __future__ import annotations

from enum import StrEnum

from secmon.accounts.gate import RequiredAction
from secmon.cases.states import Priority


class FreezeReason(StrEnum):
    THEFT_REPORTED = "theft_reported"
    UNFAMILIAR_DEVICE = "unfamiliar_device"
    SUSPICIOUS_ACTIVITY = "suspicious_activity"
    DEVICE_LOST = "device_lost"
    OWNER_REQUEST = "owner_request"
    LEGAL_ORDER = "legal_order"


def priority(reason: FreezeReason) -> Priority:
    """How soon somebody has to look."""
    match reason:
        case FreezeReason.THEFT_REPORTED:
            return Priority.URGENT
        case (
            FreezeReason.UNFAMILIAR_DEVICE
            | FreezeReason.SUSPICIOUS_ACTIVITY
            | FreezeReason.DEVICE_LOST
            | FreezeReason.LEGAL_ORDER
        ):
            return Priority.HIGH
        case FreezeReason.OWNER_REQUEST:
            return Priority.NORMAL


# Somebody else has the owner's phone, or the owner's account.
THEFTS = frozenset({FreezeReason.THEFT_REPORTED, FreezeReason.DEVICE_LOST})


def required_after(*, factor_lost: bool) -> tuple[RequiredAction, ...]:
    """What the owner does first: a thief may know the password, and a lost factor is enrolled anew."""
    if factor_lost:
        return (RequiredAction.CHANGE_PASSWORD, RequiredAction.RE_ENROL_SECOND_FACTOR)
    return (RequiredAction.CHANGE_PASSWORD,)
