"""Shadow policies, backtests, and what became of both."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shadow_policies",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("version", name="pk_shadow_policies"),
    )
    op.create_table(
        "policy_backtests",
        sa.Column("backtest_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("sample", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("leased_until", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("after_account", ACCOUNT_ID, nullable=False),
        sa.Column("accounts_done", sa.BigInteger(), nullable=False),
        sa.Column("accounts_total", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("backtest_id", name="pk_policy_backtests"),
    )
    op.create_index("ix_policy_backtests_state", "policy_backtests", ["state", "created_at"])
    op.create_table(
        "compared_decisions",
        sa.Column("comparison", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=10), nullable=False),
        sa.Column("after", sa.String(length=10), nullable=False),
        sa.Column("logins", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("comparison", "before", "after", name="pk_compared_decisions"),
    )
    op.create_table(
        "changed_decisions",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("comparison", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "comparison", "event_id", name="pk_changed_decisions"),
    )
    op.create_index("ix_changed_decisions_comparison", "changed_decisions", ["comparison"])


def downgrade() -> None:
    op.drop_index("ix_changed_decisions_comparison", table_name="changed_decisions")
    op.drop_table("changed_decisions")
    op.drop_table("compared_decisions")
    op.drop_index("ix_policy_backtests_state", table_name="policy_backtests")
    op.drop_table("policy_backtests")
    op.drop_table("shadow_policies")
