"""The password's state: what the wallet tells of it, compromise, and putting the reminder off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from secmon.accounts import service as accounts
from secmon.accounts import zones
from secmon.accounts.gate import RequiredAction
from secmon.accounts.service import Account
from secmon.audit import service as audit
from secmon.core.errors import FieldError, Invalid
from secmon.credentials import age
from secmon.credentials.age import PasswordStatus, Reminding
from secmon.credentials.models import PasswordState
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind

CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Password:
    """The password as it is shown. `dismissed`: its owner wants to hear no more in this period."""

    changed_at: datetime | None
    age_days: int | None
    state: PasswordStatus
    compromised_at: datetime | None
    dismissed: bool
    next_reminder_at: datetime | None


def look(work: Work, account_id: str, reminding: Reminding) -> Password:
    """The state of the account's password; raises `AccountUnknown`."""
    accounts.get(work, account_id)
    return _shown(work.session.get(PasswordState, account_id), work.now, reminding)


def told(work: Work, account_id: str, changed_at: datetime, reminding: Reminding) -> None:
    """The wallet says since when the password is what it is; the newest date stands.

    It ends no compromise: that takes a change reported as one. The caller holds the account's lock.
    Raises `Invalid` for a date in the future.
    """
    if changed_at > work.now + CLOCK_SKEW:
        raise Invalid(errors=(FieldError("/password_changed_at", "Lies in the future"),))
    _dated(work, accounts.get(work, account_id), changed_at, reminding)


def changed(
    work: Work, account: Account, changed_at: datetime, reminding: Reminding, *, fulfils: bool
) -> None:
    """The password was changed; a change newer than its compromise ends that. The account is locked.

    `fulfils`: whether it may be what was required of the owner; otherwise its date is noted, and that is all.
    """
    state = _dated(work, account, changed_at, reminding)
    if not fulfils:
        return
    accounts.fulfil_action(work, account, RequiredAction.CHANGE_PASSWORD, changed_at)
    if state.compromised_at is not None and changed_at >= state.compromised_at:
        state.compromised_at = None
        _schedule(state, account, reminding, work.now)


def compromise(
    work: Work, account_id: str, reminding: Reminding, *, source: str, detail: str | None = None
) -> Password:
    """Others know the password: it must be changed, and its owner is told at once; once a compromise."""
    account = accounts.lock_or_create(work, account_id)
    state = _of(work, account_id)
    reason = source if detail is None else f"{source}: {detail}"
    audit.record(work, account_id, "password.compromised", reason=reason)
    if state.compromised_at is None:
        # It is urgent now: nobody is reminded of a password's age beside that.
        state.compromised_at, state.next_reminder_at = work.now, None
        accounts.require_action(work, account, RequiredAction.CHANGE_PASSWORD)
        outbox.owe(work, account_id, Kind.PASSWORD_COMPROMISED, {"compromised_at": work.now.isoformat()})
    return _shown(state, work.now, reminding)


def dismiss(work: Work, account_id: str, reminding: Reminding) -> None:
    """The owner wants to hear no more of it until the next period; raises `AccountUnknown`."""
    account = accounts.lock(work, account_id)
    state = _of(work, account_id)
    if state.changed_at is None:
        state.asked_at = state.asked_at or work.now
    else:
        now = age.stage(state.changed_at, work.now, reminding.age)
        state.dismissed_stage = now
        state.reminded_stage = max(state.reminded_stage, now)
    _schedule(state, account, reminding, work.now)
    audit.record(work, account_id, "password.reminder_dismissed")


def _dated(work: Work, account: Account, changed_at: datetime, reminding: Reminding) -> PasswordState:
    state = _of(work, account.account_id)
    if state.changed_at is None or changed_at > state.changed_at:
        state.changed_at, state.reminded_stage, state.dismissed_stage = changed_at, 0, 0
        _schedule(state, account, reminding, work.now)
    return state


def _schedule(state: PasswordState, account: Account, reminding: Reminding, now: datetime) -> None:
    if state.compromised_at is not None or state.changed_at is None:
        state.next_reminder_at = None
        return
    zone = zones.zone_of(account.time_zone, reminding.zone)
    state.next_reminder_at = age.next_reminder(state.changed_at, state.reminded_stage, now, reminding, zone)


def _of(work: Work, account_id: str) -> PasswordState:
    """The row, made where there is none; the caller holds the account's lock."""
    state = work.session.get(PasswordState, account_id)
    if state is None:
        state = PasswordState(account_id=account_id, reminded_stage=0, dismissed_stage=0)
        work.session.add(state)
    return state


def _shown(state: PasswordState | None, now: datetime, reminding: Reminding) -> Password:
    if state is None:
        return Password(None, None, PasswordStatus.UNKNOWN, None, dismissed=False, next_reminder_at=None)
    known = state.changed_at
    reached = None if known is None else age.stage(known, now, reminding.age)
    called = PasswordStatus.UNKNOWN if reached is None else age.state(reached)
    return Password(
        changed_at=known,
        age_days=None if known is None else max(0, (now - known).days),
        state=PasswordStatus.COMPROMISED if state.compromised_at is not None else called,
        compromised_at=state.compromised_at,
        dismissed=state.asked_at is not None if reached is None else 0 < reached == state.dismissed_stage,
        next_reminder_at=state.next_reminder_at,
    )
