"""Messages owed, their deliveries, where webhooks go, and how the worker's duties went."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, DOCUMENT, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNSPREAD = sa.text("spread_at IS NULL")
DUE = sa.text("due_at IS NOT NULL")
PENDING = sa.text("state = 'pending'")
DEAD = sa.text("state = 'dead'")


def upgrade() -> None:
    op.create_table(
        "outbox_messages",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("former_email", sa.LargeBinary(), nullable=True),
        sa.Column("owed_at", Instant(), nullable=False),
        sa.Column("spread_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "message_id", name="pk_outbox_messages"),
    )
    op.create_index("ix_outbox_messages_position", "outbox_messages", ["account_id", "position"])
    op.create_index("ix_outbox_messages_owed_at", "outbox_messages", ["owed_at"])
    op.create_index(
        "ix_outbox_messages_unspread",
        "outbox_messages",
        ["account_id", "position"],
        postgresql_where=UNSPREAD,
        sqlite_where=UNSPREAD,
    )
    _create_deliveries()
    op.create_table(
        "webhook_endpoints",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("events", DOCUMENT, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("former_secret", sa.LargeBinary(), nullable=True),
        sa.Column("former_secret_until", Instant(), nullable=True),
        sa.Column("off_since", Instant(), nullable=True),
        sa.Column("off_reason", sa.String(length=8), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint_id", name="pk_webhook_endpoints"),
    )
    op.create_table(
        "worker_duties",
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("last_run_at", Instant(), nullable=False),
        sa.Column("last_success_at", Instant(), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("duty", name="pk_worker_duties"),
    )


def _create_deliveries() -> None:
    op.create_table(
        "outbox_deliveries",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("receiver", sa.String(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("last_status", sa.SmallInteger(), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("last_attempt_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "message_id", "receiver", name="pk_outbox_deliveries"),
        sa.ForeignKeyConstraint(
            ["account_id", "message_id"],
            ["outbox_messages.account_id", "outbox_messages.message_id"],
            name="fk_outbox_deliveries_account_id",
            ondelete="CASCADE",
        ),
    )
    for name, columns, where in (
        ("ix_outbox_deliveries_due", ["receiver", "due_at"], DUE),
        ("ix_outbox_deliveries_lane", ["account_id", "receiver", "position"], PENDING),
        ("ix_outbox_deliveries_dead", ["receiver", "message_id"], DEAD),
    ):
        op.create_index(name, "outbox_deliveries", columns, postgresql_where=where, sqlite_where=where)
    op.create_index("ix_outbox_deliveries_listed", "outbox_deliveries", ["receiver", "message_id"])


def downgrade() -> None:
    op.drop_table("worker_duties")
    op.drop_table("webhook_endpoints")
    op.drop_table("outbox_deliveries")
    op.drop_table("outbox_messages")
