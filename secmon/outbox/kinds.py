"""What can be owed, and how far its delivery can be."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The `type` of a webhook, and what an e-mail is about."""

    LOGIN_ALERT = "login.alert"
    LOGIN_ALERTS_SUMMARY = "login.alerts_summary"
    ACCOUNT_FROZEN = "account.frozen"
    ACCOUNT_UNFROZEN = "account.unfrozen"
    ACCOUNT_RESTRICTED = "account.restricted"
    LOCKS_LOOSENED = "locks.loosened"
    HOLD_LIFTED = "hold.lifted"
    SESSIONS_REVOKE = "sessions.revoke"
    CASE_OPENED = "case.opened"
    CASE_UPDATED = "case.updated"
    TWO_FACTOR_ENROLLED = "two_factor.enrolled"
    TWO_FACTOR_REMOVED = "two_factor.removed"
    TWO_FACTOR_LOCKED = "two_factor.locked"
    TWO_FACTOR_DISABLED = "two_factor.disabled"
    RECOVERY_CODES_LOW = "recovery_codes.low"
    RECOVERY_CODE_USED = "recovery_code.used"
    RECOVERY_CODES_RENEWED = "recovery_codes.renewed"
    CREDENTIAL_CHANGED = "credential.changed"
    EMAIL_BOUND = "email.bound"
    PASSWORD_REMINDER = "password.reminder"
    PASSWORD_COMPROMISED = "password.compromised"
    DEVICE_FORGOTTEN = "device.forgotten"


class DeliveryState(StrEnum):
    """One message's way to one receiver."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # Given up after the last attempt, or refused for good; can be begun again.
