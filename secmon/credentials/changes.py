"""A credential changed: what it ends, what it restricts, and who is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.accounts.service import Account
from secmon.audit import service as audit
from secmon.cases import identity
from secmon.cases.identity import IdentityUnverified
from secmon.cases.states import Category
from secmon.core.errors import EventReused
from secmon.core.money import Cap
from secmon.credentials import passwords
from secmon.credentials.age import Reminding
from secmon.credentials.models import CredentialChange
from secmon.database.work import Work
from secmon.holds import service as holds
from secmon.holds.rules import Trigger
from secmon.outbox import history
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.web.parts import Part

# What happened longer ago than this is history when it comes in: its owner was told long ago.
HISTORY_AFTER = timedelta(days=30)
# The wallet's clock and ours need not agree to the second on what came first.
PROFILE_BEFORE_REPORT = timedelta(minutes=1)


class Credential(StrEnum):
    """What was changed. The last four say who may be reached, or where money may go."""

    PASSWORD = "password"
    PHONE = "phone"
    EMAIL = "email"
    SIM = "sim"
    PAYEE = "payee"
    LIMIT = "limit"
    DEVICE_BINDING = "device_binding"


# What speaks at the next logins.
EVIDENCE = frozenset({Credential.PASSWORD, Credential.PHONE, Credential.EMAIL, Credential.SIM})
# What the owner is told of as such; of the others, what begins to hold with them.
TOLD = frozenset({Credential.PASSWORD, Credential.PHONE, Credential.EMAIL})

TRIGGERS = {
    Credential.PHONE: Trigger.PHONE_CHANGED,
    Credential.EMAIL: Trigger.EMAIL_CHANGED,
    Credential.SIM: Trigger.SIM_CHANGED,
    Credential.PAYEE: Trigger.PAYEE_ADDED,
    Credential.LIMIT: Trigger.LIMIT_RAISED,
    Credential.DEVICE_BINDING: Trigger.NEW_DEVICE,
}


class ChangeMethod(StrEnum):
    """Who changed it: the owner knowing the old one, the owner without it, the staff, the phone's carrier."""

    USER = "user"
    RECOVERY = "recovery"
    STAFF = "staff"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class Change:
    """One change as the wallet reports it. `occurred_at` is aware.

    `device_id` and `login_event_id` say where it was made, and are not told on. `payee` is a digest of the
    payee that was added; `former_limit` the limit before it was raised, as amount and currency.
    """

    event_id: str
    occurred_at: datetime
    credential: Credential
    method: ChangeMethod
    ip: str | None = None
    user_agent: str | None = None
    device_id: str | None = None
    case_id: uuid.UUID | None = None
    login_event_id: str | None = None
    payee: str | None = None
    former_limit: Mapping[str, str] | None = None


# The columns of a change; the login that it was made in is asked about once.
_STORED = tuple(name for name in Change.__slots__ if name != "login_event_id")


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """`note` tells the login profile. `is_owners`: whether a new password is the owner's doing, as far as a
    theft has left that open. `is_familiar`: whether a change was made where the owner is known to be. They
    lie above this domain.
    """

    note: Callable[[Work, str, datetime, str, str], None]
    reminding: Reminding
    is_owners: Callable[[Work, str, Change], bool]
    is_familiar: Callable[[Work, str, Change], bool]


CHANGE_RULES: Part[ChangeRules] = Part("credentials")


@dataclass(frozen=True, slots=True)
class RecordedChange:
    change: CredentialChange
    created: bool


def record(work: Work, account_id: str, change: Change, rules: ChangeRules) -> RecordedChange:
    """Stores one change; idempotent on its `event_id`. Raises `IdentityUnverified`.

    Another change under a known `event_id` raises `EventReused`: taken for the first one, it would hold
    nothing, and nobody would be told. All that is told of a change is stored, so that is what is compared.
    """
    account = accounts.lock_or_create(work, account_id)
    known = work.session.get(CredentialChange, (account_id, change.event_id))
    if known is not None:
        if any(getattr(known, name) != getattr(change, name) for name in _STORED):
            raise EventReused
        return RecordedChange(known, created=False)
    _require_case(work, account_id, change)
    stored = CredentialChange(
        account_id=account_id,
        received_at=work.now,
        **{name: getattr(change, name) for name in _STORED},
    )
    work.session.add(stored)
    _follow(work, account, change, rules)
    if change.credential in EVIDENCE:
        rules.note(work, account_id, change.occurred_at, change.credential, change.method)
    facts = {"credential": change.credential.value, "method": change.method.value}
    audit.record(work, account_id, "credential.changed", subject=change.event_id, facts=facts)
    lately = change.occurred_at > work.now - HISTORY_AFTER
    if change.credential in TOLD and lately and not _is_told(work, account_id, change):
        outbox.owe(work, account_id, Kind.CREDENTIAL_CHANGED, facts)
    return RecordedChange(stored, created=True)


def _is_told(work: Work, account_id: str, change: Change) -> bool:
    """The profile brought the new phone or address before this report of the same change."""
    since = change.occurred_at - PROFILE_BEFORE_REPORT
    told = history.payloads(work, account_id, Kind.CREDENTIAL_CHANGED, since)
    return any(one["credential"] == change.credential and "method" not in one for one in told)


def _require_case(work: Work, account_id: str, change: Change) -> None:
    """Staff need one. Whoever names one gains by it, so it has to be good whoever names it."""
    by_staff = change.method is ChangeMethod.STAFF
    if change.case_id is not None:
        identity.require_identity(work, account_id, change.case_id, Category.LOGIN if by_staff else None)
    elif by_staff:
        raise IdentityUnverified("Send the case_id of the case on which the identity was checked.")


def _follow(work: Work, account: Account, change: Change, rules: ChangeRules) -> None:
    if change.credential is Credential.PASSWORD:
        fulfils = _fulfils(work, account, change, rules)
        passwords.changed(work, account, change.occurred_at, rules.reminding, fulfils=fulfils)
    trigger = _trigger(work, account, change, rules)
    if trigger is None:
        return
    # From when it comes in, whatever date it has: else a thief's change had only to be told of late.
    subject = holds.WHOLE_ACCOUNT if change.payee is None else holds.payee(change.payee)
    former = None if change.former_limit is None else Cap.of(change.former_limit)
    holds.begin(work, account, trigger, subject=subject, cause=change.event_id, former_limit=former)
    if change.payee is not None:
        holds.begin(work, account, trigger, subject=holds.PAYEES, cause=change.event_id, quiet=True)


def _trigger(work: Work, account: Account, change: Change, rules: ChangeRules) -> Trigger | None:
    """What it begins. A password that its owner changed as ever begins nothing."""
    if change.credential is not Credential.PASSWORD:
        return TRIGGERS[change.credential]
    if change.occurred_at <= work.now - HISTORY_AFTER:
        return None
    if change.method is not ChangeMethod.USER:
        return Trigger.PASSWORD_RECOVERED
    familiar = rules.is_familiar(work, account.account_id, change)
    return None if familiar else Trigger.PASSWORD_CHANGED_ELSEWHERE


def _fulfils(work: Work, account: Account, change: Change, rules: ChangeRules) -> bool:
    """Whether it may be what was required: not while frozen, nor where it has not happened yet."""
    if account.standing == Standing.FROZEN or change.occurred_at > work.now:
        return False
    return rules.is_owners(work, account.account_id, change)
