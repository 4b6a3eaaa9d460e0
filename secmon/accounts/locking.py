"""Accounts are locked before anything about them is decided, and made where there are none.

One begins with its first event, and with what held it where it was erased lately. Everybody locks and makes
accounts here: the ORM by `lock`, the login path in the round trip that reads everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, and_, bindparam, func, literal_column, select, update

from secmon.accounts.gate import Standing
from secmon.accounts.models import Account, Tombstone
from secmon.core.errors import NotFound
from secmon.database.rows import ROWS, encode, given_rows
from secmon.database.statements import Query, Row, Statement
from secmon.database.tables import ACCOUNT_ID, Instant
from secmon.database.upsert import insert_for
from secmon.database.work import Work

NEW_LOCALE = "zh-CN"
# What of an account the login path reads with its lock.
_READ_COLUMNS = (Account.standing, Account.required_actions, Account.locale, Account.returned)
_one_account = select(*_READ_COLUMNS).where(Account.account_id == bindparam("account_id"))

# (standing, required_actions, locale, returned), or no row. The lock comes first: under READ COMMITTED
# whatever the statements behind it read is then what the last holder of the lock has left.
LOCK = Statement(_one_account.with_for_update(key_share=True))
# (standing, required_actions, restrictions, version, created_at), or no row; locked likewise, for the gate.
LOCK_STANDING = Statement(
    select(
        Account.standing, Account.required_actions, Account.restrictions, Account.version, Account.created_at
    )
    .where(Account.account_id == bindparam("account_id"))
    .with_for_update(key_share=True)
)
# The same without a lock, for what changes nothing.
LOOK = Statement(_one_account)
# For a WHERE: whether there is such an account.
IS_THERE = select(literal_column("1")).where(Account.account_id == bindparam("account_id")).exists()

# Under the lock: the account is frozen, whatever else of it changes in the same transaction.
FREEZE = Statement(
    update(Account)
    .where(Account.account_id == bindparam("frozen_account_id"))
    .values(standing=literal_column("'frozen'"), version=Account.version + literal_column("1")),
    returns_rows=False,
)


def _lock_many(dialect: str) -> Any:
    given = given_rows(dialect, {"account_id": ACCOUNT_ID})
    return (
        select(Account.account_id, *_READ_COLUMNS)
        .where(Account.account_id.in_(select(given.c.account_id)))
        # In one order, so that two batches never wait for each other in a circle.
        .order_by(Account.account_id)
        .with_for_update(key_share=True)
    )


# (account_id, standing, required_actions, locale, returned) of those of the `rows` (account_id,) that exist.
LOCK_MANY = Statement(_lock_many)

# Whether an account that is not there would begin as one that was erased lately.
_WOULD_RETURN = Statement(
    select(Tombstone.account_id).where(
        Tombstone.account_id == bindparam("account_id"), Tombstone.until > bindparam("now", type_=Instant())
    )
)

_CREATED_COLUMNS = (
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
    return insert_for(dialect, Account).from_select(list(_CREATED_COLUMNS), rows).on_conflict_do_nothing()


_CREATE = Statement(_create, returns_rows=False)


def created(account_ids: Sequence[str], now: datetime, dialect: Dialect) -> Query:
    """The accounts as they come into being, one or many in one statement.

    Send it behind a lock on the accounts: what waited for an erasure then sees what that has left.
    """
    return _CREATE(**{ROWS: encode([[account_id, now] for account_id in account_ids], dialect)})


class AccountUnknown(NotFound):
    """No event, profile or freeze of this account was ever reported, or it was erased."""

    code = "account_unknown"
    title = "This account is not known here"
    advice = "An account comes into being with its first event; check the account_id otherwise."


def lock(work: Work, account_id: str) -> Account:
    """The account, its row locked until the transaction ends; raises `AccountUnknown`.

    Every transaction takes this lock first, then any other (lock order).
    """
    query = select(Account).where(Account.account_id == account_id).with_for_update(key_share=True)
    account = work.session.scalar(query.execution_options(populate_existing=True))
    if account is None:
        raise AccountUnknown
    return account


def lock_or_create(work: Work, account_id: str) -> Account:
    """As `lock`, but an account never seen before comes into being; two at once make one row."""
    try:
        return lock(work, account_id)
    except AccountUnknown:
        work.read(created([account_id], work.now, work.dialect))
        return lock(work, account_id)


def read_locked(work: Work, account_id: str, *queries: Query) -> list[list[Row]]:
    """The row of `LOCK`, and what the queries behind it find: in one round trip, where the account is there.

    They see what the lock's last holder left: a snapshot is taken a statement (READ COMMITTED).
    """
    asked = LOCK(account_id=account_id), *queries
    return _read(work, asked, lambda accounts: [] if accounts else [account_id])


def read_many_locked(work: Work, account_ids: Collection[str], *queries: Query) -> list[list[Row]]:
    """As `read_locked`, the rows of `LOCK_MANY` in front."""
    asked = LOCK_MANY(**{ROWS: encode([[name] for name in sorted(account_ids)], work.dialect)}), *queries
    return _read(work, asked, lambda accounts: set(account_ids).difference(row[0] for row in accounts))


def read_unlocked(work: Work, account_id: str, *queries: Query) -> list[list[Row]]:
    """As `read_locked`, with nothing locked or made: one that is not there is told as it would begin."""
    account, *rest = work.read(LOOK(account_id=account_id), *queries)
    if not account:
        (returns,) = work.read(_WOULD_RETURN(account_id=account_id, now=work.now))
        account = [(Standing.ACTIVE, {}, NEW_LOCALE, bool(returns))]
    return [account, *rest]


def _read(
    work: Work, asked: Sequence[Query], missing: Callable[[list[Row]], Collection[str]]
) -> list[list[Row]]:
    """Everything that is asked; once more behind the accounts that are missing, which come into being."""
    found = work.read(*asked)
    if absent := missing(found[0]):
        found = work.read(created(sorted(absent), work.now, work.dialect), *asked)[1:]
    return found
