"""That credentials changed."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credential_changes",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("credential", sa.String(length=8), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "event_id", name="pk_credential_changes"),
    )
    op.create_index(
        "ix_credential_changes_occurred", "credential_changes", ["account_id", "occurred_at", "event_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_credential_changes_occurred", table_name="credential_changes")
    op.drop_table("credential_changes")
