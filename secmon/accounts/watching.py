"""Accounts, for duties that go through all of them.

New ones are met once, and nobody waits for a lock.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from secmon.accounts.models import Account
from secmon.database.work import Work


@dataclass(frozen=True, slots=True)
class LockedAccount:
    """An account whose lock is held, as far as one writes to its owner."""

    account_id: str
    standing: str
    time_zone: str | None


def newcomers(work: Work, older_than: datetime, limit: int) -> list[str]:
    """Accounts that came into being before `older_than` and are met for the first time; locked."""
    query = (
        select(Account.account_id)
        .where(~Account.password_watched, Account.created_at <= older_than)
        .order_by(Account.created_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    found = list(work.session.scalars(query))
    work.session.execute(
        update(Account)
        .where(Account.account_id.in_(found))
        .values(password_watched=True)
        .execution_options(synchronize_session=False)
    )
    return found


def lock_free(work: Work, account_ids: Collection[str]) -> dict[str, LockedAccount]:
    """Locks those of the accounts that nobody else holds; the others are left for another time."""
    query = (
        select(Account.account_id, Account.standing, Account.time_zone)
        .where(Account.account_id.in_(account_ids))
        .with_for_update(key_share=True, skip_locked=True)
    )
    return {row.account_id: LockedAccount(*row) for row in work.session.execute(query)}
