"""How old passwords are, whose owners are to be reminded, and by which clock."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password_states",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.Column("compromised_at", Instant(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("reminded_stage", sa.SmallInteger(), nullable=False),
        sa.Column("dismissed_stage", sa.SmallInteger(), nullable=False),
        sa.Column("next_reminder_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name="pk_password_states"),
    )
    op.create_index("ix_password_states_next_reminder_at", "password_states", ["next_reminder_at"])
    op.add_column("accounts", sa.Column("time_zone", sa.String(length=64), nullable=True))
    watched: sa.Column[bool] = sa.Column(
        "password_watched", sa.Boolean(), server_default=sa.false(), nullable=False
    )
    op.add_column("accounts", watched)
    op.create_index(
        "ix_accounts_newcomers",
        "accounts",
        ["created_at"],
        postgresql_where=sa.text("NOT password_watched"),
        sqlite_where=sa.text("password_watched = 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_accounts_newcomers", table_name="accounts")
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_column("password_watched")
        accounts.drop_column("time_zone")
    op.drop_index("ix_password_states_next_reminder_at", table_name="password_states")
    op.drop_table("password_states")
