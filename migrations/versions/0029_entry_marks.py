"""That an account got in from a source that had just failed on others, and what failed in ten minutes.

New tables: the previous release neither reads nor writes them.
"""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_entry_marks",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(45), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "minute", "network", name="pk_login_entry_marks"),
    )
    op.create_index("ix_login_entry_marks_network", "login_entry_marks", ["network", "minute"])
    op.create_table(
        "login_failure_spans",
        sa.Column("span", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("logins", sa.Integer(), nullable=False),
        sa.Column("failed_lately", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("raised", sa.Boolean(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("span", name="pk_login_failure_spans"),
    )


def downgrade() -> None:
    op.drop_table("login_failure_spans")
    op.drop_table("login_entry_marks")
