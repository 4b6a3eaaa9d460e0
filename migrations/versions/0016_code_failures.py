"""When a code was refused last: what was guessed at accounts that nobody knows is not kept for ever."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS
from secmon.database.tables import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_second_factors_failed_at", "second_factors"
NO_FACTOR = sa.text("seed IS NULL")


def upgrade() -> None:
    column: sa.Column[datetime | None] = sa.Column("failed_at", Instant(), nullable=True)
    if op.get_bind().dialect.name == "postgresql":
        op.add_column(TABLE, column, if_not_exists=True)
        _date_failures()
        _index_beside_the_service()
    else:
        op.add_column(TABLE, column)
        _date_failures()
        op.create_index(NAME, TABLE, ["failed_at"], sqlite_where=NO_FACTOR)


def _date_failures() -> None:
    """Those that are there already count from now on."""
    factors = sa.table(TABLE, sa.column("seed"), sa.column("failed_at", Instant()))
    op.execute(factors.update().where(factors.c.seed.is_(None)).values(failed_at=datetime.now(UTC)))


def _index_beside_the_service() -> None:
    with op.get_context().autocommit_block():
        # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
        op.execute(sa.text("SET lock_timeout = 0"))
        # What an attempt that failed has left is there, and not valid.
        op.drop_index(NAME, TABLE, postgresql_concurrently=True, if_exists=True)
        op.create_index(NAME, TABLE, ["failed_at"], postgresql_concurrently=True, postgresql_where=NO_FACTOR)
        op.execute(sa.text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.drop_column(TABLE, "failed_at")
