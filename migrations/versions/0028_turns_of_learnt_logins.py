"""Learnt logins are numbered, and the population is counted from them up to a number.

The previous release numbers none, and goes on to put what it learns into the queue, which is emptied still.
"""

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLE, INDEX, SEQUENCE = "login_events", "ix_login_events_turn", "login_turns"
NUMBERED = sa.text("turn IS NOT NULL")


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    # What an attempt that failed at the index has left is there already.
    again = postgresql
    op.add_column(TABLE, sa.Column("turn", sa.BigInteger(), nullable=True), if_not_exists=again)
    op.create_table(
        "population_progress",
        sa.Column("id", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_population_progress"),
        if_not_exists=again,
    )
    op.execute("INSERT INTO population_progress (id, turn) VALUES (1, 0) ON CONFLICT DO NOTHING")
    if postgresql:
        _beside_the_service()
    else:
        op.create_index(INDEX, TABLE, ["turn"], sqlite_where=NUMBERED)


def _beside_the_service() -> None:
    op.execute(f"CREATE SEQUENCE IF NOT EXISTS {SEQUENCE}")
    # Whoever may write logins may number them, whichever role that is.
    op.execute(f"GRANT USAGE, SELECT ON SEQUENCE {SEQUENCE} TO PUBLIC")
    with op.get_context().autocommit_block():
        # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
        op.execute("SET lock_timeout = 0")
        op.drop_index(INDEX, TABLE, postgresql_concurrently=True, if_exists=True)
        op.create_index(INDEX, TABLE, ["turn"], postgresql_concurrently=True, postgresql_where=NUMBERED)
        op.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP SEQUENCE {SEQUENCE}")
    op.drop_table("population_progress")
    op.drop_column(TABLE, "turn")
