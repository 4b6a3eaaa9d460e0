"""Since when an owner's e-mail is on file, and by which age reminders were scheduled."""

import sqlalchemy as sa
from alembic import op

from secmon.core.tables import ACCOUNT_ID, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("email_since", Instant(), nullable=True))
    op.create_table(
        "password_reminding",
        sa.Column("name", sa.String(length=8), nullable=False),
        sa.Column("age_days", sa.Integer(), nullable=False),
        sa.Column("after_account", ACCOUNT_ID, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_password_reminding"),
    )


def downgrade() -> None:
    op.drop_table("password_reminding")
    op.drop_column("accounts", "email_since")
