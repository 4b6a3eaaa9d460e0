"""Where a policy came from; logins that were challenged, from an index; what people said of logins.

The previous release leaves the new column of policies empty: a document that somebody wrote.
"""

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS
from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NAME, TABLE, COLUMNS = "ix_login_events_not_allowed", "login_events", ["received_at"]
NOT_ALLOWED = sa.text("decision <> 'allow'")


def upgrade() -> None:
    # First, because an index that is made concurrently belongs to no transaction: whatever fails, and
    # wherever, the migration can be run again.
    if op.get_bind().dialect.name == "postgresql":
        _index_beside_the_service()
    else:
        op.create_index(NAME, TABLE, COLUMNS, sqlite_where=NOT_ALLOWED)
    op.add_column("risk_policies", sa.Column("origin", sa.Text(), nullable=True))
    op.create_table(
        "login_verdicts",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "event_id", name="pk_login_verdicts"),
    )
    op.create_index("ix_login_verdicts_received_at", "login_verdicts", ["received_at"])
    op.create_table(
        "quality_weeks",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("counted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("week", name="pk_quality_weeks"),
    )


def _index_beside_the_service() -> None:
    with op.get_context().autocommit_block():
        # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
        op.execute(sa.text("SET lock_timeout = 0"))
        # What an attempt that failed has left is there, and not valid.
        op.drop_index(NAME, TABLE, postgresql_concurrently=True, if_exists=True)
        op.create_index(NAME, TABLE, COLUMNS, postgresql_concurrently=True, postgresql_where=NOT_ALLOWED)
        op.execute(sa.text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))


def downgrade() -> None:
    op.drop_table("quality_weeks")
    op.drop_table("login_verdicts")
    op.drop_column("risk_policies", "origin")
    op.drop_index(NAME, TABLE)
