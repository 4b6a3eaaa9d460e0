"""What is guessed at an account and what its owner proves with lie apart; the previous release goes on.

The counts stay in `second_factors`; the authenticator and the set of recovery codes get tables of their
own. Triggers carry what either release writes to where the other one reads it, in the same transaction:
docs/adr/0013-guesses-and-authenticators.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS
from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BEFORE, INDEX = "second_factors", "ix_second_factors_guessed_at"
GUESSED = sa.text("failures > 0")
AT_ONCE = 5_000


@dataclass(frozen=True)
class Part:
    """A table, and where its columns lay before: by `present`, whether there was anything."""

    table: str
    columns: dict[str, str]
    present: str

    @property
    def former(self) -> tuple[str, ...]:
        return tuple(self.columns.values())


PARTS = (
    Part(
        "totp_authenticators",
        {"enrolment_id": "factor_id"}
        | {name: name for name in ("seed", "algorithm", "digits", "period", "last_step", "enrolled_at")},
        present="seed",
    ),
    Part("recovery_code_sets", {"recovery_key": "recovery_key"}, present="recovery_key"),
)


@dataclass(frozen=True)
class Trigger:
    """`columns` are what an update has to change, else nothing is done."""

    table: str
    event: str
    columns: tuple[str, ...]
    does: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.table}_carry_{self.event.lower()}"

    def create(self, *, postgresql: bool) -> Iterator[str]:
        """On PostgreSQL what a trigger wrote is carried no further; on SQLite it changes nothing there."""
        differs = "IS DISTINCT FROM" if postgresql else "IS NOT"
        changed = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in self.columns)
        when = [f"({changed})"] if self.event == "UPDATE" else []
        body = "; ".join(self.does)
        if postgresql:
            when = [*when, "pg_trigger_depth() = 0"]
            yield (
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {body}; RETURN NULL; END $$"
            )
        condition = f"WHEN ({' AND '.join(when)}) " if when else ""
        head = f"TRIGGER {self.name} AFTER {self.event} ON {self.table} FOR EACH ROW {condition}"
        if postgresql:
            yield f"CREATE OR REPLACE {head}EXECUTE FUNCTION {self.name}()"
        else:
            yield f"CREATE {head}BEGIN {body}; END"

    def drop(self, *, postgresql: bool) -> Iterator[str]:
        yield f"DROP TRIGGER {self.name}" + (f" ON {self.table}" if postgresql else "")
        if postgresql:
            yield f"DROP FUNCTION {self.name}()"


def _put(part: Part) -> str:
    """What the previous release wrote, into the table of now."""
    names = ", ".join(part.columns)
    given = ", ".join(f"NEW.{name}" for name in part.former)
    replaced = ", ".join(f"{name} = excluded.{name}" for name in part.columns)
    return (
        f"INSERT INTO {part.table} (account_id, {names}) "
        f"SELECT NEW.account_id, {given} WHERE NEW.{part.present} IS NOT NULL "
        f"ON CONFLICT (account_id) DO UPDATE SET {replaced}"
    )


def _take(part: Part) -> str:
    return f"DELETE FROM {part.table} WHERE account_id = NEW.account_id AND NEW.{part.present} IS NULL"


def _put_back(part: Part) -> str:
    """What this release wrote, into the row of before."""
    names = ", ".join(part.former)
    given = ", ".join(f"NEW.{name}" for name in part.columns)
    replaced = ", ".join(f"{name} = excluded.{name}" for name in part.former)
    return (
        f"INSERT INTO {BEFORE} (account_id, failures, {names}) VALUES (NEW.account_id, 0, {given}) "
        f"ON CONFLICT (account_id) DO UPDATE SET {replaced}"
    )


def _take_back(part: Part) -> str:
    emptied = ", ".join(f"{name} = NULL" for name in part.former)
    return f"UPDATE {BEFORE} SET {emptied} WHERE account_id = OLD.account_id"


_all_former = tuple(name for part in PARTS for name in part.former)
FORWARD = (
    Trigger(BEFORE, "INSERT", _all_former, tuple(_put(part) for part in PARTS)),
    Trigger(BEFORE, "UPDATE", _all_former, tuple(do(part) for part in PARTS for do in (_put, _take))),
    Trigger(
        BEFORE,
        "DELETE",
        _all_former,
        tuple(f"DELETE FROM {part.table} WHERE account_id = OLD.account_id" for part in PARTS),
    ),
)
BACK = tuple(
    Trigger(part.table, event, tuple(part.columns), (do(part),))
    for part in PARTS
    for event, do in (("INSERT", _put_back), ("UPDATE", _put_back), ("DELETE", _take_back))
)


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    _tables(there_already=postgresql)
    # First what the previous release goes on to write, then what it has written; so nothing is missed.
    _create(FORWARD, postgresql=postgresql)
    if postgresql:
        _beside_the_service()
    else:
        for part in PARTS:
            op.execute(_copy(part))
        op.create_index(INDEX, BEFORE, ["failed_at"], sqlite_where=GUESSED)
    _create(BACK, postgresql=postgresql)


def _tables(*, there_already: bool) -> None:
    """Those may be there of an attempt that failed behind them."""
    op.create_table(
        "totp_authenticators",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("algorithm", sa.String(8), nullable=False),
        sa.Column("digits", sa.SmallInteger(), nullable=False),
        sa.Column("period", sa.SmallInteger(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_totp_authenticators"),
        if_not_exists=there_already,
    )
    op.create_table(
        "recovery_code_sets",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("recovery_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_recovery_code_sets"),
        if_not_exists=there_already,
    )


def _create(triggers: tuple[Trigger, ...], *, postgresql: bool) -> None:
    for trigger in triggers:
        for statement in trigger.create(postgresql=postgresql):
            op.execute(statement)


def _copy(part: Part, among: str = "") -> str:
    """What a trigger has carried since is newer, and stays."""
    return (
        f"INSERT INTO {part.table} (account_id, {', '.join(part.columns)}) "
        f"SELECT account_id, {', '.join(part.former)} FROM {BEFORE} "
        f"WHERE {part.present} IS NOT NULL {among} ON CONFLICT DO NOTHING"
    )


def _beside_the_service() -> None:
    with op.get_context().autocommit_block():
        # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
        op.execute(sa.text("SET lock_timeout = 0"))
        _copy_in_batches()
        # What an attempt that failed has left is there, and not valid.
        op.drop_index(INDEX, BEFORE, postgresql_concurrently=True, if_exists=True)
        op.create_index(INDEX, BEFORE, ["failed_at"], postgresql_concurrently=True, postgresql_where=GUESSED)
        op.execute(sa.text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))


def _copy_in_batches() -> None:
    """Each row locked while it is copied: one that is deleted meanwhile would come back."""
    last_of_batch = sa.text(
        f"SELECT max(account_id) FROM (SELECT account_id FROM {BEFORE} "
        "WHERE account_id > :after ORDER BY account_id LIMIT :at_once) AS batch"
    )
    among = "AND account_id > :after AND account_id <= :last ORDER BY account_id FOR UPDATE"
    bind, after = op.get_bind(), ""
    while True:
        last = bind.scalar(last_of_batch, {"after": after, "at_once": AT_ONCE})
        if last is None:
            return
        for part in PARTS:
            bind.execute(sa.text(_copy(part, among)), {"after": after, "last": last})
        after = last


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for trigger in (*BACK, *FORWARD):
        for statement in trigger.drop(postgresql=postgresql):
            op.execute(statement)
    op.drop_index(INDEX, BEFORE)
    for part in PARTS:
        op.drop_table(part.table)
