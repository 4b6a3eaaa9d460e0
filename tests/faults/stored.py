"""What the database holds of all accounts: the rows that requests make, and what each row calls for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from secmon.accounts.models import Account
from secmon.alerts.models import Alert
from secmon.audit.models import AuditEntry, AuditReason
from secmon.audit.service import SERVICE_CHAIN
from secmon.cases.models import Approval, Case, IdentityCheck, Note
from secmon.credentials.models import CredentialChange
from secmon.database.work import Work
from secmon.freezes.models import Freeze
from secmon.holds.models import Hold
from secmon.logins.models import StoredLogin
from secmon.outbox.kinds import Kind
from secmon.outbox.models import OwedMessage
from secmon.web.idempotency import IdempotencyKey

# (account, audit action or kind of message or state, what it is about)
Consequence = tuple[str, str, str | None]

COMPROMISED = "password.compromised"
# Actions that are not called for by one row each.
OF_NO_ROW = ("account.viewed", COMPROMISED, "two_factor.")
# Which member of its payload says what a message is about.
ABOUT = {
    Kind.ACCOUNT_FROZEN: "freeze_id",
    Kind.ACCOUNT_UNFROZEN: "freeze_id",
    Kind.SESSIONS_REVOKE: "freeze_id",
    Kind.CASE_OPENED: "case_id",
    Kind.CASE_UPDATED: "note_id",
    Kind.LOGIN_ALERT: "alert_id",
    Kind.CREDENTIAL_CHANGED: "credential",
    Kind.ACCOUNT_RESTRICTED: "reason",
}
# Messages that are not: what the worker owes of itself, what is owed once however often it is reported.
MESSAGES_OF_NO_ROW = {
    Kind.LOGIN_ALERTS_SUMMARY,
    Kind.PASSWORD_COMPROMISED,
    Kind.PASSWORD_REMINDER,
    Kind.TWO_FACTOR_ENROLLED,
}


@dataclass(frozen=True)
class Stored:
    """All rows of all accounts, read in one transaction."""

    accounts: list[Account]
    alerts: list[Alert]
    approvals: list[Approval]
    audit: list[AuditEntry]
    cases: list[Case]
    changes: list[CredentialChange]
    checks: list[IdentityCheck]
    freezes: list[Freeze]
    holds: list[Hold]
    logins: list[StoredLogin]
    messages: list[OwedMessage]
    notes: list[Note]
    keys: set[str]
    reasons: set[str]

    @cached_property
    def references(self) -> dict[Any, str]:
        """The cases' references, by id: audit entries speak of these."""
        return {case.case_id: case.reference for case in self.cases}

    def called_for(self) -> Counter[Consequence]:
        """What must be there, by the rows that caused it."""
        return Counter(
            [
                *_of_freezes(self),
                *_of_restrictions(self),
                *_of_cases(self),
                *_of_approvals(self),
                *_of_changes(self),
                *_of_alerts(self),
            ]
        )

    def there(self) -> Counter[Consequence]:
        """What is there: audit entries, messages, standings, cases that are held open."""
        return Counter([*_audited(self), *_owed(self), *_states(self)])


def read(work: Work) -> Stored:
    """Everything; the database is a test's own, and small."""

    def all_of(model: type[Any]) -> list[Any]:
        return list(work.session.scalars(select(model)))

    return Stored(
        accounts=all_of(Account),
        alerts=all_of(Alert),
        approvals=all_of(Approval),
        audit=[entry for entry in all_of(AuditEntry) if entry.account_id != SERVICE_CHAIN],
        cases=all_of(Case),
        changes=all_of(CredentialChange),
        checks=all_of(IdentityCheck),
        freezes=all_of(Freeze),
        holds=all_of(Hold),
        logins=all_of(StoredLogin),
        messages=all_of(OwedMessage),
        notes=all_of(Note),
        keys=set(work.session.scalars(select(IdempotencyKey.key))),
        reasons=set(work.session.scalars(select(AuditReason.reason))),
    )


def _of_freezes(stored: Stored) -> Iterator[Consequence]:
    for freeze in stored.freezes:
        account_id, freeze_id, case_id = freeze.account_id, str(freeze.freeze_id), str(freeze.case_id)
        yield account_id, "account.frozen", freeze_id
        yield account_id, f"message {Kind.ACCOUNT_FROZEN}", freeze_id
        yield account_id, f"message {Kind.SESSIONS_REVOKE}", freeze_id
        if freeze.status == "active":
            yield account_id, "is frozen", None
            yield account_id, "is held open", case_id
        else:
            yield account_id, "account.unfrozen", freeze_id
            yield account_id, f"message {Kind.ACCOUNT_UNFROZEN}", freeze_id


def _of_restrictions(stored: Stored) -> Iterator[Consequence]:
    """Each reason holds once and is told once, whichever release began it: the same again, soon after, is no
    news. Of what is held of one device alone the alert tells.
    """
    reasons = {(freeze.account_id, "unfrozen") for freeze in stored.freezes if freeze.status == "lifted"}
    for change in stored.changes:
        if change.credential != "password":
            reasons.add((change.account_id, f"{change.credential}_changed"))
    told = reasons | {(hold.account_id, hold.trigger) for hold in stored.holds if not hold.quiet}
    held = reasons | {(hold.account_id, hold.trigger) for hold in stored.holds if not hold.subject}
    for account_id, reason in held:
        yield account_id, "is restricted", reason
    for account_id, reason in told:
        yield account_id, f"message {Kind.ACCOUNT_RESTRICTED}", reason
    for hold in stored.holds:
        if hold.ended_at is not None:
            yield hold.account_id, "hold.ended", str(hold.hold_id)


def _of_cases(stored: Stored) -> Iterator[Consequence]:
    freeze_of = {freeze.case_id: str(freeze.freeze_id) for freeze in stored.freezes}
    for case in stored.cases:
        yield case.account_id, "case.opened", case.reference
        yield case.account_id, f"message {Kind.CASE_OPENED}", str(case.case_id)
    for note in stored.notes:
        yield note.account_id, "case.note_added", stored.references[note.case_id]
        if not note.internal:
            yield note.account_id, f"message {Kind.CASE_UPDATED}", str(note.note_id)
        if note.text.startswith("Reported again"):
            yield note.account_id, "freeze.reported_again", freeze_of[note.case_id]
    for check in stored.checks:
        yield check.account_id, "identity.checked", stored.references[check.case_id]


def _of_approvals(stored: Stored) -> Iterator[Consequence]:
    for request in stored.approvals:
        yield request.account_id, "unfreeze.requested", str(request.request_id)
        if request.status != "pending":
            yield request.account_id, f"unfreeze.{request.status}", str(request.request_id)


def _of_changes(stored: Stored) -> Iterator[Consequence]:
    for change in stored.changes:
        yield change.account_id, "credential.changed", change.event_id
        yield change.account_id, f"message {Kind.CREDENTIAL_CHANGED}", change.credential


def _of_alerts(stored: Stored) -> Iterator[Consequence]:
    for alert in stored.alerts:
        yield alert.account_id, f"message {Kind.LOGIN_ALERT}", str(alert.alert_id)


def _audited(stored: Stored) -> Iterator[Consequence]:
    for entry in stored.audit:
        if not entry.action.startswith(OF_NO_ROW):
            yield entry.account_id, entry.action, entry.subject


def _owed(stored: Stored) -> Iterator[Consequence]:
    for message in stored.messages:
        kind = Kind(message.kind)
        if kind not in MESSAGES_OF_NO_ROW:
            yield message.account_id, f"message {kind}", json.loads(message.payload)[ABOUT[kind]]


def _states(stored: Stored) -> Iterator[Consequence]:
    for account in stored.accounts:
        if account.standing == "frozen":
            yield account.account_id, "is frozen", None
        for reason in {restriction["reason"] for restriction in account.restrictions}:
            yield account.account_id, "is restricted", reason
    for case in stored.cases:
        if case.holds_freeze:
            yield case.account_id, "is held open", str(case.case_id)
