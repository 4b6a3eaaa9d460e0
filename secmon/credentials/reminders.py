"""The worker's duty: whose password is due a reminder? Its cost follows those who are, not all accounts.

Reminders follow a changed setting and a corrected clock: what was reckoned by the old one is due again. Due
only means looked at: `remind` tells those who have something to be told, and reckons the others' next time
anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update

from secmon.accounts import watching
from secmon.accounts.gate import Standing
from secmon.accounts.watching import LockedAccount
from secmon.accounts.zones import zone_of
from secmon.core.actor import SYSTEM
from secmon.credentials import age
from secmon.credentials.age import PasswordStatus, Reminding
from secmon.credentials.models import PasswordState, ScheduledBy
from secmon.database.engine import Database
from secmon.database.upsert import insert_or_ignore
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind

BATCH = 500
# The wallet has this long to tell the date of a new account's password before its owner is asked.
ASK_AFTER = timedelta(days=1)

_table = PasswordState.__table__
_CHANGE = (
    update(PasswordState)
    .where(PasswordState.account_id == bindparam("of_account"))
    .values({name: bindparam(name) for name in ("asked_at", "reminded_stage", "next_reminder_at")})
)
AT_ONCE = 500
CURRENT = "current"
# What waiting for the morning, and for the end of a freeze, adds to a period at most.
SLACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class DueReminders:
    """How many owners are due a reminder, and since when the first of them is."""

    reminders: int
    oldest_at: datetime | None


def due(work: Work) -> DueReminders:
    """What the next runs will go through."""
    at = PasswordState.next_reminder_at
    row = work.session.execute(select(func.count(), func.min(at)).where(at <= work.now))
    return DueReminders(*row.one())


def run(database: Database, reminding: Reminding) -> int:
    """Meets a batch of new accounts and goes through a batch of due ones; answers how many those were.

    Each batch is a transaction of its own, and what is owed is stored with what is remembered of it: a
    worker that dies in between has done nothing.
    """
    with database.work(SYSTEM) as work:
        met = meet(work)
    with database.work(SYSTEM) as work:
        met += reschedule(work, reminding) + pull_back(work, reminding)
    with database.work(SYSTEM) as work:
        return met + remind(work, reminding)


def meet(work: Work) -> int:
    """Accounts that nothing is known of yet are due to be asked."""
    found = watching.newcomers(work, work.now - ASK_AFTER, BATCH)
    if found:
        rows = [{"account_id": account_id, "next_reminder_at": work.now} for account_id in found]
        work.session.execute(insert_or_ignore(work, PasswordState), rows)
    return len(found)


def remind(work: Work, reminding: Reminding) -> int:
    """Reminds up to `BATCH` owners who are due; those whose night it is are put off until morning.

    Rows that another worker holds, and accounts that are busy, are passed over without waiting.
    """
    claimed = _claim(work)
    owners = watching.lock_free(work, [state.account_id for state in claimed])
    changes = [
        {"of_account": state.account_id, **_remind(work, state, owners[state.account_id], reminding)}
        for state in claimed
        if state.account_id in owners
    ]
    if changes:
        work.session.connection().execute(_CHANGE, changes)
    return len(changes)


def _claim(work: Work) -> Sequence[Any]:
    query = (
        select(_table)
        .where(PasswordState.next_reminder_at <= work.now)
        .order_by(PasswordState.next_reminder_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return work.session.execute(query).all()


def _remind(work: Work, state: Any, owner: LockedAccount, reminding: Reminding) -> dict[str, Any]:
    """Owes the message where there is one to send now; answers what is remembered of it."""
    zone = zone_of(owner.time_zone, reminding.zone)
    reached = None if state.changed_at is None else age.stage(state.changed_at, work.now, reminding.age)
    if reached is not None and reached <= state.reminded_stage:
        # Nothing to tell at this stage, at whatever hour.
        following = age.next_reminder(state.changed_at, reached, work.now, reminding, zone)
        return _remembered(state.asked_at, reached, following)
    # Whose account is frozen has other worries, and is asked again tomorrow.
    wait = timedelta(days=1) if owner.standing == Standing.FROZEN else timedelta(0)
    suits = age.in_hours(work.now + wait, zone)
    if suits > work.now:
        return _remembered(state.asked_at, state.reminded_stage, suits)
    if reached is None:
        _owe(work, state.account_id, {"state": PasswordStatus.UNKNOWN})
        return _remembered(work.now, state.reminded_stage, None)
    age_days = (work.now - state.changed_at).days
    _owe(work, state.account_id, {"state": age.state(reached), "age_days": age_days})
    following = age.next_reminder(state.changed_at, reached, work.now, reminding, zone)
    return _remembered(state.asked_at, reached, following)


def _remembered(
    asked_at: datetime | None, reminded_stage: int, next_reminder_at: datetime | None
) -> dict[str, Any]:
    return {
        "asked_at": asked_at,
        "reminded_stage": reminded_stage,
        "next_reminder_at": next_reminder_at,
    }


def _owe(work: Work, account_id: str, told: dict[str, Any]) -> None:
    work.defer(outbox.owing(work, account_id, Kind.PASSWORD_REMINDER, told))


def reschedule(work: Work, reminding: Reminding) -> int:
    """A batch of all dated passwords, while the age of the setting is another than they were reckoned by."""
    days = reminding.age.days
    first = {"name": CURRENT, "age_days": days, "after_account": None}
    work.session.execute(insert_or_ignore(work, ScheduledBy), [first])
    query = select(ScheduledBy).where(ScheduledBy.name == CURRENT).with_for_update(skip_locked=True)
    by = work.session.scalar(query)
    if by is None or (by.age_days, by.after_account) == (days, None):
        return 0
    if by.age_days != days:
        by.age_days, by.after_account = days, ""
    found = work.session.scalars(
        select(PasswordState.account_id)
        .where(PasswordState.account_id > by.after_account, PasswordState.next_reminder_at > work.now)
        .order_by(PasswordState.account_id)
        .limit(AT_ONCE)
    ).all()
    by.after_account = found[-1] if found else None
    work.session.flush()
    _make_due(work, select(PasswordState.account_id).where(PasswordState.account_id.in_(found)))
    return len(found)


def pull_back(work: Work, reminding: Reminding) -> int:
    """A batch of those whose reminder is further away than any can be: a clock was wrong."""
    furthest = work.now + max(reminding.age, age.EVERY) + SLACK
    query = select(PasswordState.account_id).where(PasswordState.next_reminder_at > furthest).limit(AT_ONCE)
    return _make_due(work, query.with_for_update(skip_locked=True))


def _make_due(work: Work, accounts: Select[str]) -> int:
    found = work.session.scalars(accounts).all()
    work.session.execute(
        update(PasswordState)
        .where(PasswordState.account_id.in_(found))
        .values(next_reminder_at=work.now)
        .execution_options(synchronize_session=False)
    )
    return len(found)
