"""How an account comes into being: with its first event, and with what held it where it was erased lately.

Who erases an account and begins it anew must not be rid of what protected its owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Dialect, and_, bindparam, delete, func, insert, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from secmon.accounts import gate
from secmon.accounts.models import Account, Tombstone
from secmon.database.rows import ROWS, encode, given_rows
from secmon.database.statements import Query, Statement
from secmon.database.tables import ACCOUNT_ID, Instant
from secmon.database.upsert import insert_for
from secmon.database.work import Work

NEW_LOCALE = "zh-CN"
# As long as a login may be dated back and still be believed: whoever comes back later is somebody new.
OUTLIVES = timedelta(days=30)
PURGED_AT_ONCE = 1_000

_COLUMNS = (
    "account_id",
    "standing",
    "version",
    "required_actions",
    "restrictions",
    "locale",
    "returned",
    "created_at",
)


def _create(dialect: str) -> Any:
    given = given_rows(dialect, {"account_id": ACCOUNT_ID, "created_at": Instant()})
    lately = and_(Tombstone.account_id == given.c.account_id, Tombstone.until > given.c.created_at)
    document = "::jsonb" if dialect == "postgresql" else ""
    rows = (
        select(
            given.c.account_id,
            literal_column("'active'"),
            literal_column("1"),
            func.coalesce(Tombstone.required_actions, literal_column(f"'{{}}'{document}")),
            func.coalesce(Tombstone.restrictions, literal_column(f"'[]'{document}")),
            literal_column(f"'{NEW_LOCALE}'"),
            Tombstone.account_id.is_not(None),
            given.c.created_at,
        )
        .select_from(given)
        .outerjoin(Tombstone, lately)
        # SQLite cannot tell ON CONFLICT from a join's ON without a WHERE in front.
        .where(given.c.account_id.is_not(None))
    )
    # One that is there already is left as it is.
    return insert_for(dialect, Account).from_select(list(_COLUMNS), rows).on_conflict_do_nothing()


_CREATE = Statement(_create, returns_rows=False)

# Whether an account that is not there would begin as one that was erased lately.
WOULD_RETURN = Statement(
    select(Tombstone.account_id).where(
        Tombstone.account_id == bindparam("account_id"), Tombstone.until > bindparam("now", type_=Instant())
    ),
    one_row=True,
)


def created(account_ids: Sequence[str], now: datetime, dialect: Dialect) -> Query:
    """The accounts as they come into being, one or many in one statement.

    Send it behind a lock on the accounts: what waited for an erasure then sees what that has left.
    """
    return _CREATE(**{ROWS: encode([[account_id, now] for account_id in account_ids], dialect)})


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
