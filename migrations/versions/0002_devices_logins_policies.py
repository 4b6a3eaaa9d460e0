"""Devices, login events with their profiles and tallies, the population, the risk policy."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("device_key", sa.String(length=64), nullable=False),
        sa.Column("install_id", sa.String(length=64), nullable=True),
        sa.Column("traits", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=True),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("known_since", Instant(), nullable=True),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "device_key", name="pk_devices"),
    )
    op.create_index("ix_devices_install_id", "devices", ["install_id"])
    op.create_table(
        "login_events",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("failure_reason", sa.String(length=16), nullable=True),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("session_id", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("amr", sa.String(length=200), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("learnt", sa.Boolean(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("challenge", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "event_id", name="pk_login_events"),
    )
    op.create_index("ix_login_events_occurred", "login_events", ["account_id", "occurred_at", "event_id"])
    op.create_table(
        "login_failure_marks",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("minute", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("network", sa.String(length=45), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "minute", "ip", "device_id", name="pk_login_failure_marks"),
    )
    op.create_index("ix_login_failure_marks_device", "login_failure_marks", ["device_id", "minute"])
    op.create_index("ix_login_failure_marks_network", "login_failure_marks", ["network", "minute"])
    op.create_table(
        "login_profiles",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_login_profiles"),
    )
    op.create_table(
        "population_counts",
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("count", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("level", "value", name="pk_population_counts"),
    )
    op.create_table(
        "population_queue",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("level_values", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "event_id", name="pk_population_queue"),
    )
    op.create_table(
        "risk_policies",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_risk_policies"),
    )


def downgrade() -> None:
    op.drop_table("risk_policies")
    op.drop_table("population_queue")
    op.drop_table("population_counts")
    op.drop_table("login_profiles")
    op.drop_index("ix_login_failure_marks_network", table_name="login_failure_marks")
    op.drop_index("ix_login_failure_marks_device", table_name="login_failure_marks")
    op.drop_table("login_failure_marks")
    op.drop_index("ix_login_events_occurred", table_name="login_events")
    op.drop_table("login_events")
    op.drop_index("ix_devices_install_id", table_name="devices")
    op.drop_table("devices")
