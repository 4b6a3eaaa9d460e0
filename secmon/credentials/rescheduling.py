"""Reminders follow a changed setting and a corrected clock: what was reckoned by the old one is due again.

Due only means looked at: `reminders` tells those who have something to be told, and reckons the others'
next time anew.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, select, update

from secmon.credentials import age
from secmon.credentials.age import Reminding
from secmon.credentials.models import PasswordState, ScheduledBy
from secmon.database.upsert import insert_or_ignore
from secmon.database.work import Work

BATCH = 500
NAME = "current"
# What waiting for the morning, and for the end of a freeze, adds to a period at most.
SLACK = timedelta(days=3)


def reschedule(work: Work, reminding: Reminding) -> int:
    """A batch of all dated passwords, while the age of the setting is another than they were reckoned by."""
    days = reminding.age.days
    first = {"name": NAME, "age_days": days, "after_account": None}
    work.session.execute(insert_or_ignore(work, ScheduledBy), [first])
    query = select(ScheduledBy).where(ScheduledBy.name == NAME).with_for_update(skip_locked=True)
    by = work.session.scalar(query)
    if by is None or (by.age_days, by.after_account) == (days, None):
        return 0
    if by.age_days != days:
        by.age_days, by.after_account = days, ""
    found = work.session.scalars(
        select(PasswordState.account_id)
        .where(PasswordState.account_id > by.after_account, PasswordState.next_reminder_at > work.now)
        .order_by(PasswordState.account_id)
        .limit(BATCH)
    ).all()
    by.after_account = found[-1] if found else None
    work.session.flush()
    _make_due(work, select(PasswordState.account_id).where(PasswordState.account_id.in_(found)))
    return len(found)


def pull_back(work: Work, reminding: Reminding) -> int:
    """A batch of those whose reminder is further away than any can be: a clock was wrong."""
    furthest = work.now + max(reminding.age, age.EVERY) + SLACK
    query = select(PasswordState.account_id).where(PasswordState.next_reminder_at > furthest).limit(BATCH)
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
