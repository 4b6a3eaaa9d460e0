"""The second factor: one row an account, its recovery codes, the enrolment that waits."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.Column("factor_id", sa.Uuid(), nullable=True),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("algorithm", sa.String(length=8), nullable=True),
        sa.Column("digits", sa.SmallInteger(), nullable=True),
        sa.Column("period", sa.SmallInteger(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("recovery_key", sa.LargeBinary(), nullable=True),
        sa.Column("enrolled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name="pk_second_factors"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "digest", name="pk_recovery_codes"),
    )
    op.create_table(
        "totp_enrolments",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("algorithm", sa.String(length=8), nullable=False),
        sa.Column("digits", sa.SmallInteger(), nullable=False),
        sa.Column("period", sa.SmallInteger(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_totp_enrolments"),
    )
    op.create_index("ix_totp_enrolments_expires_at", "totp_enrolments", ["expires_at"])


def downgrade() -> None:
    op.drop_index("ix_totp_enrolments_expires_at", table_name="totp_enrolments")
    op.drop_table("totp_enrolments")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
