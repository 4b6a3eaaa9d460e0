"""Since when a theft is suspected, what it leaves to do, and alerts that were closed with it."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("closed_at", Instant(), nullable=True))
    op.add_column("approvals", sa.Column("suspected_since", Instant(), nullable=True))
    op.add_column("freezes", sa.Column("suspected_since", Instant(), nullable=True))
    op.create_table(
        "recoveries",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("freeze_id", sa.Uuid(), nullable=False),
        sa.Column("unfrozen_at", Instant(), nullable=False),
        sa.Column("suspected_since", Instant(), nullable=False),
        sa.Column("password_owed", sa.Boolean(), nullable=False),
        sa.Column("enrolment_guarded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_recoveries"),
    )


def downgrade() -> None:
    op.drop_table("recoveries")
    op.drop_column("freezes", "suspected_since")
    op.drop_column("approvals", "suspected_since")
    op.drop_column("alerts", "closed_at")
