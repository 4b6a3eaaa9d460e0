"""The account's row as the login path takes it: locked, in the round trip that reads everything else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, literal_column, select, update

from secmon.accounts.models import Account
from secmon.database.rows import given_rows
from secmon.database.statements import Statement
from secmon.database.tables import ACCOUNT_ID

_columns = (Account.standing, Account.required_actions, Account.locale, Account.returned)
_one = select(*_columns).where(Account.account_id == bindparam("account_id"))

# (standing, required_actions, locale, returned), or no row. The lock comes first: under READ COMMITTED
# whatever the statements behind it read is then what the last holder of the lock has left.
LOCK = Statement(_one.with_for_update(key_share=True))
# The same without a lock, for what changes nothing.
LOOK = Statement(_one)
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
        select(Account.account_id, *_columns)
        .where(Account.account_id.in_(select(given.c.account_id)))
        # In one order, so that two batches never wait for each other in a circle.
        .order_by(Account.account_id)
        .with_for_update(key_share=True)
    )


# (account_id, standing, required_actions, locale, returned) of those of the `rows` (account_id,) that exist.
LOCK_MANY = Statement(_lock_many)
