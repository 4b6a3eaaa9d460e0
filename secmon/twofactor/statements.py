"""What a verification reads and writes, compiled once. Parameters that end in `_` belong to writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, literal_column, select, update

from secmon.accounts.locking import IS_THERE
from secmon.database.statements import Statement
from secmon.database.upsert import insert_for
from secmon.twofactor.models import RecoveryCode, SecondFactor

_factor = (
    select(
        SecondFactor.failures,
        SecondFactor.locked_until,
        SecondFactor.seed,
        SecondFactor.recovery_key,
        SecondFactor.algorithm,
        SecondFactor.digits,
        SecondFactor.period,
        SecondFactor.last_step,
    )
    .where(SecondFactor.account_id == bindparam("account_id"))
    .with_for_update()
)

# (failures, locked_until, seed, recovery_key, algorithm, digits, period, last_step), or no row.
# Sent behind the account's lock: whoever else verifies for this account waits there already. Where there
# is no account it locks nothing, for something else has to be locked first.
LOCK = Statement(_factor.where(IS_THERE))
# The same without an account; sent behind the lock of its audit chain.
LOCK_OF_NOBODY = Statement(_factor)
# (digest,) of every recovery code that is left.
UNUSED_CODES = Statement(
    select(RecoveryCode.digest).where(RecoveryCode.account_id == bindparam("account_id"))
)

# A step is accepted: it and those before it are spent, and the straight failures are over.
SPEND_STEP = Statement(
    update(SecondFactor)
    .where(SecondFactor.account_id == bindparam("account_id_"))
    .values(last_step=bindparam("last_step_"), failures=0, locked_until=None),
    returns_rows=False,
)
SPEND_RECOVERY_CODE = Statement(
    delete(RecoveryCode).where(
        RecoveryCode.account_id == bindparam("account_id_"), RecoveryCode.digest == bindparam("digest_")
    ),
    returns_rows=False,
)
END_FAILURES = Statement(
    update(SecondFactor)
    .where(SecondFactor.account_id == bindparam("account_id_"))
    .values(failures=0, locked_until=None),
    returns_rows=False,
)


def _count_failure(dialect: str) -> Any:
    row = insert_for(dialect, SecondFactor).values(
        account_id=bindparam("account_id_"),
        failures=literal_column("1"),
        locked_until=bindparam("locked_until_"),
        failed_at=bindparam("failed_at_"),
    )
    counted = {
        "failures": SecondFactor.failures + literal_column("1"),
        "locked_until": row.excluded.locked_until,
        "failed_at": row.excluded.failed_at,
    }
    return row.on_conflict_do_update(index_elements=[SecondFactor.account_id], set_=counted)


COUNT_FAILURE = Statement(_count_failure, returns_rows=False)
