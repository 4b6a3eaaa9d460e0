"""Since when an owner's e-mail and phone are on file, and by which age reminders were scheduled."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("email_since", "phone_since"):
        op.add_column("accounts", sa.Column(column, Instant(), nullable=True))
    op.create_table(
        "password_reminding",
        sa.Column("name", sa.String(length=8), nullable=False),
        sa.Column("age_days", sa.Integer(), nullable=False),
        sa.Column("after_account", ACCOUNT_ID, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_password_reminding"),
    )


def downgrade() -> None:
    op.drop_table("password_reminding")
    for column in ("phone_since", "email_since"):
        op.drop_column("accounts", column)
