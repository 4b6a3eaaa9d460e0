"""What the previous release writes into its columns is where this one reads, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine, delete, insert, select, update

from secmon.database import migrating
from secmon.database.engine import make_engine
from secmon.database.tables import Instant
from secmon.twofactor.models import GuessCount, RecoveryCodeSet, TotpAuthenticator
from tests.databases import empty_database, fresh_database
from tests.faults.databases import connected
from tests.faults.waiting import until
from tests.service import START
from tests.twofactor.stored import stored_totp

ID = "acct-1"
# The table as the previous release knows it.
FORMER = sa.table(
    "second_factors",
    sa.column("account_id", sa.String()),
    sa.column("failures", sa.Integer()),
    sa.column("failed_at", Instant()),
    sa.column("factor_id", sa.Uuid()),
    sa.column("seed", sa.LargeBinary()),
    sa.column("algorithm", sa.String()),
    sa.column("digits", sa.Integer()),
    sa.column("period", sa.Integer()),
    sa.column("last_step", sa.BigInteger()),
    sa.column("enrolled_at", Instant()),
    sa.column("recovery_key", sa.LargeBinary()),
)
SECRETS = [
    FORMER.c[name]
    for name in (
        "factor_id",
        "seed",
        "algorithm",
        "digits",
        "period",
        "last_step",
        "enrolled_at",
        "recovery_key",
    )
]
NOTHING = (None,) * len(SECRETS)
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"


def enrolled(account_id: str = ID, seed: bytes = b"seed", key: bytes | None = b"key") -> dict[str, Any]:
    """A row as the previous release writes it."""
    row = stored_totp(account_id, seed, recovery_key=key, failures=0)
    return {**row, "factor_id": row.pop("enrolment_id")}


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    engine = make_engine(fresh_database(request.param))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def _of_before(connection: Connection) -> tuple[Any, ...] | None:
    row = connection.execute(select(*SECRETS).where(FORMER.c.account_id == ID)).one_or_none()
    return None if row is None else tuple(row)


def _of_now(connection: Connection) -> tuple[Any, ...]:
    apps = TotpAuthenticator.__table__
    columns = [apps.c[name] for name in ("enrolment_id", *(column.name for column in SECRETS[1:-1]))]
    app = connection.execute(select(*columns).where(TotpAuthenticator.account_id == ID)).one_or_none()
    key = connection.scalar(select(RecoveryCodeSet.recovery_key).where(RecoveryCodeSet.account_id == ID))
    return (*(app or NOTHING[:-1]), key)


def _agreed(connection: Connection) -> tuple[Any, ...]:
    before = _of_before(connection)
    assert (NOTHING if before is None else before) == _of_now(connection)
    return _of_now(connection)


def test_f14_what_the_previous_release_writes_is_read_here(connection: Connection) -> None:
    of_account = FORMER.c.account_id == ID
    connection.execute(insert(FORMER), {"account_id": ID, "failures": 4, "failed_at": START})
    assert _agreed(connection) == NOTHING
    row = enrolled()
    connection.execute(update(FORMER).where(of_account), row)
    assert _agreed(connection)[0] == row["factor_id"]
    connection.execute(update(FORMER).where(of_account).values(last_step=7, failures=0))
    connection.execute(update(FORMER).where(of_account).values(failures=1, failed_at=START))
    connection.execute(update(FORMER).where(of_account).values(recovery_key=b"another"))
    connection.execute(update(FORMER).where(of_account).values(seed=b"under another key"))
    agreed = _agreed(connection)
    assert (agreed[1], agreed[5], agreed[7]) == (b"under another key", 7, b"another")
    connection.execute(delete(FORMER).where(of_account))
    assert _agreed(connection) == NOTHING
    connection.execute(insert(FORMER), enrolled())
    assert _agreed(connection)[1] == b"seed"


def test_f14_what_is_written_here_is_read_by_the_previous_release(connection: Connection) -> None:
    is_it = TotpAuthenticator.account_id == ID
    connection.execute(insert(TotpAuthenticator), stored_totp(ID, b"seed"))
    connection.execute(insert(RecoveryCodeSet), {"account_id": ID, "recovery_key": b"key"})
    assert _agreed(connection)[-1] == b"key"
    connection.execute(update(GuessCount).where(GuessCount.account_id == ID).values(failures=3))
    connection.execute(update(TotpAuthenticator).where(is_it).values(last_step=9))
    connection.execute(update(TotpAuthenticator).where(is_it).values(seed=b"under another key"))
    connection.execute(update(RecoveryCodeSet).values(recovery_key=b"another"))
    agreed = _agreed(connection)
    assert (agreed[1], agreed[5], agreed[7]) == (b"under another key", 9, b"another")
    assert connection.scalar(select(GuessCount.failures)) == 3
    connection.execute(delete(TotpAuthenticator).where(is_it))
    connection.execute(delete(RecoveryCodeSet))
    assert _agreed(connection) == NOTHING
    assert connection.scalar(select(GuessCount.failures)) == 3


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_f14_every_factor_of_before_is_there_after_the_step(kind: str) -> None:
    """More than one batch of them, and counts without a factor among them."""
    engine = make_engine(empty_database(kind))
    migrating.upgrade(engine, "0024")
    with engine.begin() as connection:
        connection.execute(insert(FORMER), [enrolled(f"acct-{number:05}") for number in range(6_000)])
        connection.execute(
            insert(FORMER), [{"account_id": f"acct-{number:05}-x", "failures": 2} for number in range(50)]
        )
    migrating.upgrade(engine)
    with engine.connect() as connection:
        for table in (TotpAuthenticator, RecoveryCodeSet):
            assert connection.scalar(select(sa.func.count()).select_from(table)) == 6_000
        carried = select(sa.func.count()).where(
            FORMER.c.account_id == TotpAuthenticator.account_id,
            FORMER.c.factor_id == TotpAuthenticator.enrolment_id,
        )
        assert connection.scalar(carried) == 6_000
    migrating.downgrade(engine, "0024")
    with engine.connect() as connection:
        assert connection.scalar(select(sa.func.count(FORMER.c.seed))) == 6_000
    engine.dispose()


def test_f14_a_factor_that_is_removed_while_all_are_copied_does_not_come_back() -> None:
    url = empty_database("postgresql")
    engine = make_engine(url)
    migrating.upgrade(engine, "0024")
    with engine.begin() as connection:
        connection.execute(insert(FORMER), [enrolled(ID), enrolled("acct-2")])
    with connected(url) as removing, connected(url) as watching, ThreadPoolExecutor(1) as pool:
        with removing.transaction():
            removing.execute("SELECT FROM second_factors WHERE account_id = %s FOR UPDATE", [ID])
            upgrade = pool.submit(migrating.upgrade, engine)
            until(lambda: _waits(watching), "the copy waits for the row")
            removing.execute("DELETE FROM second_factors WHERE account_id = %s", [ID])
        upgrade.result()
    assert _accounts(engine) == ["acct-2"]
    engine.dispose()


def _waits(watching: psycopg.Connection) -> bool:
    return watching.execute(WAITING).fetchone() != (0,)


def _accounts(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(TotpAuthenticator.account_id)))
