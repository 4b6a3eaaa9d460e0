"""What outlives an account's erasure: that it was known, and what held it.

Who erases an account and begins it anew must not be rid of what protected its owner.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, insert, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from secmon.accounts import gate
from secmon.accounts.models import Account, Tombstone
from secmon.database.work import Work

# As long as a login may be dated back and still be believed: whoever comes back later is somebody new.
OUTLIVES = timedelta(days=30)
PURGED_AT_ONCE = 1_000


def bury(work: Work, account: Account) -> None:
    """What holds the locked account now is kept for as long as it matters, and nothing else of it."""
    work.session.execute(delete(Tombstone).where(Tombstone.account_id == account.account_id))
    held = gate.live(account.restrictions, work.now)
    row = {
        "account_id": account.account_id,
        "required_actions": account.required_actions,
        "restrictions": [restriction.stored() for restriction in held],
        "erased_at": work.now,
        "until": work.now + OUTLIVES,
    }
    work.session.execute(insert(Tombstone).values(row))


def is_buried(account_id: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """For another domain's query: whether something is kept of the erased account in that column."""
    buried = aliased(Tombstone)
    return select(literal_column("1")).where(buried.account_id == account_id).exists()


def purge(work: Work) -> int:
    """Deletes up to `PURGED_AT_ONCE` tombstones that hold nothing any more; answers how many those were."""
    old = select(Tombstone.account_id).where(Tombstone.until <= work.now).limit(PURGED_AT_ONCE)
    gone = delete(Tombstone).where(Tombstone.account_id.in_(old.with_for_update(skip_locked=True)))
    return len(work.session.scalars(gone.returning(Tombstone.account_id)).all())
